import Foundation
import Testing

/// A shared library that a test builds from C, to have the system or a driver fail.
final class NativeLibrary: Sendable {
  let path: String
  private let folder: TemporaryFolder

  init(_ source: String) throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    path = folder.path("library.so")
    try Data(source.utf8).write(to: folder.url.appendingPathComponent("library.c"))
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", path, folder.path("library.c"), "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
  }

  /// A library to preload, with which the system starts no thread from the one on that `THREADS_BEFORE_FAILURE` counts.
  static func withoutThreads() throws -> NativeLibrary {
    try NativeLibrary(
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <pthread.h>
      #include <stdatomic.h>
      #include <stdlib.h>

      static atomic_int count;

      int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
        const char *limit = getenv("THREADS_BEFORE_FAILURE");
        if (limit != NULL && atomic_fetch_add(&count, 1) >= atoi(limit)) return EAGAIN;
        int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
        return next(thread, attributes, run, argument);
      }
      """)
  }

  /// An OpenCL layer, for `OPENCL_LAYERS`, that fails as `LAYER_FAULT` says.
  ///
  /// - `platform`: a platform stands before the others, which answers no question.
  /// - `devices`: no platform has a device.
  /// - `query`: every question about a device fails for want of memory.
  /// - `context`, `program`: none can be made, for want of resources or memory.
  /// - `buffer`: none can be made, for want of memory.
  /// - `value`: devices report other numbers, as `LAYER_VALUES` says: `NAME=NUMBER` with OpenCL's number of the name, parted by spaces.
  static func faultyLayer() throws -> NativeLibrary {
    try NativeLibrary(
      """
      #define CL_TARGET_OPENCL_VERSION 300
      #include <CL/cl_layer.h>
      #include <stdlib.h>
      #include <string.h>

      static struct _cl_icd_dispatch layer;
      static const struct _cl_icd_dispatch *target;
      static struct { const struct _cl_icd_dispatch *dispatch; } broken;

      static int fault(const char *name) {
        const char *value = getenv("LAYER_FAULT");
        return value != NULL && strcmp(value, name) == 0;
      }

      static cl_int get_platforms(cl_uint room, cl_platform_id *platforms, cl_uint *count) {
        if (!fault("platform")) return target->clGetPlatformIDs(room, platforms, count);
        cl_uint others = 0;
        cl_int status = target->clGetPlatformIDs(0, NULL, &others);
        if (status != CL_SUCCESS) return status;
        if (count != NULL) *count = others + 1;
        if (platforms == NULL || room == 0) return CL_SUCCESS;
        platforms[0] = (cl_platform_id)&broken;
        return room == 1 ? CL_SUCCESS : target->clGetPlatformIDs(room - 1, platforms + 1, NULL);
      }

      static cl_int platform_info(cl_platform_id platform, cl_platform_info name, size_t size, void *value, size_t *need) {
        if (platform == (cl_platform_id)&broken) return CL_OUT_OF_HOST_MEMORY;
        return target->clGetPlatformInfo(platform, name, size, value, need);
      }

      static cl_int get_devices(
          cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *devices, cl_uint *count) {
        if (fault("devices")) return CL_DEVICE_NOT_FOUND;
        return target->clGetDeviceIDs(platform, type, room, devices, count);
      }

      static cl_int device_info(cl_device_id device, cl_device_info name, size_t size, void *value, size_t *need) {
        if (fault("query")) return CL_OUT_OF_HOST_MEMORY;
        cl_int status = target->clGetDeviceInfo(device, name, size, value, need);
        const char *rest = getenv("LAYER_VALUES");
        while (fault("value") && status == CL_SUCCESS && value != NULL && rest != NULL && *rest != 0) {
          char *end;
          unsigned long wanted = strtoul(rest, &end, 0), number = strtoul(end + 1, &end, 0);
          // Of an array the first element.
          if (wanted == name) memcpy(value, &number, size < sizeof number ? size : sizeof number);
          rest = end;
        }
        return status;
      }

      static cl_context make_context(
          const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
          void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data, cl_int *status) {
        if (fault("context")) {
          *status = CL_OUT_OF_RESOURCES;
          return NULL;
        }
        return target->clCreateContext(properties, count, devices, notify, data, status);
      }

      static cl_program make_program(
          cl_context context, cl_uint count, const char **texts, const size_t *lengths, cl_int *status) {
        if (fault("program")) {
          *status = CL_OUT_OF_HOST_MEMORY;
          return NULL;
        }
        return target->clCreateProgramWithSource(context, count, texts, lengths, status);
      }

      static cl_mem make_buffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status) {
        if (fault("buffer")) {
          *status = CL_MEM_OBJECT_ALLOCATION_FAILURE;
          return NULL;
        }
        return target->clCreateBuffer(context, flags, size, host, status);
      }

      CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info name, size_t size, void *value, size_t *need) {
        if (name != CL_LAYER_API_VERSION) return CL_INVALID_VALUE;
        if (value != NULL && size >= sizeof(cl_layer_api_version)) *(cl_layer_api_version *)value = CL_LAYER_API_VERSION_100;
        if (need != NULL) *need = sizeof(cl_layer_api_version);
        return CL_SUCCESS;
      }

      CL_API_ENTRY cl_int CL_API_CALL clInitLayer(
          cl_uint count, const struct _cl_icd_dispatch *next, cl_uint *layer_count,
          const struct _cl_icd_dispatch **result) {
        target = next;
        memcpy(&layer, next, count * sizeof(void *) < sizeof layer ? count * sizeof(void *) : sizeof layer);
        layer.clGetPlatformIDs = get_platforms;
        layer.clGetPlatformInfo = platform_info;
        layer.clGetDeviceIDs = get_devices;
        layer.clGetDeviceInfo = device_info;
        layer.clCreateContext = make_context;
        layer.clCreateProgramWithSource = make_program;
        layer.clCreateBuffer = make_buffer;
        broken.dispatch = &layer;
        *layer_count = sizeof layer / sizeof(void *);
        *result = &layer;
        return CL_SUCCESS;
      }
      """)
  }
}
