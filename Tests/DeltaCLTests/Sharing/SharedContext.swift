import COpenCL
import Glibc
import OpenCL
import Testing

@testable import DeltaCL

/// A context and a queue of other code: made through the C interface, and released by it.
final class SharedContext: Sendable {
  nonisolated(unsafe) let context: cl_context
  nonisolated(unsafe) let queue: cl_command_queue
  let device: Device

  init() throws {
    device = try #require(Backends.choose(TestDevice.selection).candidate.device)
    var handle: cl_device_id? = device.handle
    context = try #require(clCreateContext(nil, 1, &handle, nil, nil, nil))
    queue = try #require(clCreateCommandQueue(context, handle, 0, nil))
  }

  deinit {
    clReleaseCommandQueue(queue)
    clReleaseContext(context)
  }

  func backend() throws -> OpenCLBackend {
    let context = try Context(retaining: context)
    return try OpenCLBackend(context, queue: CommandQueue(retaining: queue, context: context))
  }

  /// The caller owns it.
  func buffer(_ values: [Float], flags: Int32 = CL_MEM_READ_WRITE) throws -> cl_mem {
    var values = values
    return try #require(
      clCreateBuffer(context, cl_mem_flags(flags | CL_MEM_COPY_HOST_PTR), 4 * values.count, &values, nil))
  }

  func release(_ memory: cl_mem) { clReleaseMemObject(memory) }

  /// What other code reads.
  func floats(_ memory: cl_mem, count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    clEnqueueReadBuffer(queue, memory, cl_bool(CL_TRUE), 0, 4 * count, &values, 0, nil, nil)
    return values
  }

  /// How many references there are to the context, those of its buffers, queues and programs included.
  var referenceCount: UInt32 {
    var count: cl_uint = 0
    clGetContextInfo(context, cl_context_info(CL_CONTEXT_REFERENCE_COUNT), 4, &count, nil)
    return count
  }

  /// Waits until there are so many references: a driver's threads let go of theirs after a command has finished.
  func settles(at referenceCount: UInt32) -> Bool {
    for _ in 0..<60_000 {
      if self.referenceCount == referenceCount { return true }
      usleep(1_000)
    }
    return false
  }
}
