import OpenCL
import Testing

/// The first CPU device, or else the first device; the tests fail where there is none.
func testDevice() throws -> Device {
  let devices = try Platform.all().flatMap { try $0.devices() }
  let device = devices.first { $0.type == .cpu } ?? devices.first
  return try #require(device, "no OpenCL device: install pocl-opencl-icd")
}

let testSource = """
  __kernel void fill_indices(__global int* out, int base) {
    out[get_global_id(0)] = base + (int)get_global_id(0);
  }

  __kernel void grid(__global int* out) {
    const size_t x = get_global_id(0), y = get_global_id(1);
    out[y * get_global_size(0) + x] = (int)(y * 1000 + x);
  }

  __kernel void add_optional(__global float* out, __global const float* bias, float scale) {
    const size_t i = get_global_id(0);
    out[i] = scale * (float)i + (bias ? bias[i] : 0.0f);
  }

  __kernel void reverse_groups(__global int* out, __local int* scratch) {
    const size_t i = get_local_id(0), size = get_local_size(0);
    scratch[i] = (int)get_global_id(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    out[get_global_id(0)] = scratch[size - 1 - i];
  }
  """

/// The error that `body` throws.
func openCLError(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws -> OpenCLError {
  try #require(throws: OpenCLError.self, sourceLocation: sourceLocation, performing: body)
}
