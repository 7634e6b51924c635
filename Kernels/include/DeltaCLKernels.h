#ifndef DELTACL_KERNELS_H
#define DELTACL_KERNELS_H

// The OpenCL C source Kernels/OpenCL/<name>.cl as it was when this library was compiled, or NULL where there is none.
const char *deltacl_kernel_source(const char *name);

#endif
