#ifndef DELTACL_KERNELS_H
#define DELTACL_KERNELS_H

#include <stddef.h>

// The OpenCL C source Kernels/OpenCL/<name>.cl as it was when this library was compiled, or NULL where there is none.
const char *deltacl_kernel_source(const char *name);

// The names of all sources, in a fixed order, and NULL after the last.
const char *deltacl_kernel_name(size_t index);

#endif
