// OpenCL 3.0 headers; entry points newer than a device are never called on it.
#define CL_TARGET_OPENCL_VERSION 300
// clCreateCommandQueue is the one queue constructor that every version has.
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
