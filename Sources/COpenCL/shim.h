// OpenCL 3.0 headers; entry points newer than a device are never called on it.
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
