import COpenCL
import Glibc
import OpenCL
import Testing

/// A context and a queue of other code: made through the C interface, and released by it.
final class RawContext {
  let context: cl_context
  let queue: cl_command_queue
  let device: Device

  init(_ device: Device, properties: Int32 = 0) throws {
    self.device = device
    var handle: cl_device_id? = device.handle
    context = try #require(clCreateContext(nil, 1, &handle, nil, nil, nil))
    queue = try #require(clCreateCommandQueue(context, handle, cl_command_queue_properties(properties), nil))
  }

  deinit {
    clReleaseCommandQueue(queue)
    clReleaseContext(context)
  }

  /// The caller owns it.
  func buffer(byteCount: Int, flags: Int32 = CL_MEM_READ_WRITE) throws -> cl_mem {
    try #require(clCreateBuffer(context, cl_mem_flags(flags), byteCount, nil, nil))
  }

  /// How many references there are to the context, those of its buffers, queues and programs included.
  var referenceCount: UInt32 {
    var count: cl_uint = 0
    clGetContextInfo(context, cl_context_info(CL_CONTEXT_REFERENCE_COUNT), 4, &count, nil)
    return count
  }
}

/// Waits until something holds that a driver's thread does after a command has finished, for a minute at most.
func settles(_ condition: () -> Bool) -> Bool {
  for _ in 0..<60_000 {
    if condition() { return true }
    usleep(1_000)
  }
  return false
}

/// How many references there are to a memory object.
func referenceCount(_ memory: cl_mem) -> UInt32 {
  var count: cl_uint = 0
  clGetMemObjectInfo(memory, cl_mem_info(CL_MEM_REFERENCE_COUNT), 4, &count, nil)
  return count
}
