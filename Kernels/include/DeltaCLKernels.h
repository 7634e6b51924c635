#ifndef DELTACL_KERNELS_H
#define DELTACL_KERNELS_H

#include <stddef.h>

// The file Kernels/OpenCL/<path> as it was when this library was compiled, or NULL where there is none.
const char *deltacl_kernel_source(const char *path);

// The paths of all files, in a fixed order, and NULL after the last.
const char *deltacl_kernel_path(size_t index);

#endif
