import COpenCL
import Testing

@testable import OpenCL

/// Objects that other code made, and objects for other code.
@Suite struct HandleTests {
  let raw: RawContext

  init() throws {
    raw = try RawContext(try testDevice())
  }

  @Test func objectsOfOtherCodeAreRetained() throws {
    let before = raw.referenceCount
    let memory = try raw.buffer(byteCount: 64)
    do {
      let context = try Context(retaining: raw.context)
      #expect(context.device == raw.device)
      #expect(context == (try Context(retaining: raw.context, device: raw.device)))
      let queue = try CommandQueue(retaining: raw.queue, context: context)
      let buffer = try Buffer(retaining: memory, context: context)
      #expect(buffer.byteCount == 64 && buffer.flags == .readWrite && buffer.handle == memory)
      #expect(referenceCount(memory) == 2)
      #expect(context.allocatedBytes == 0)
      try queue.write((0..<16).map { Int32($0) }, to: buffer)
      // Other code reads it through its own queue.
      var values = [Int32](repeating: 0, count: 16)
      #expect(clEnqueueReadBuffer(raw.queue, memory, cl_bool(CL_TRUE), 0, 64, &values, 0, nil, nil) == CL_SUCCESS)
      #expect(values == (0..<16).map { Int32($0) })
    }
    #expect(settles { referenceCount(memory) == 1 })
    clReleaseMemObject(memory)
    #expect(settles { raw.referenceCount == before })
  }

  @Test func buffersOutliveTheirOwner() throws {
    let context = try Context(retaining: raw.context)
    let queue = try CommandQueue(context)
    let memory = try raw.buffer(byteCount: 16)
    let buffer = try Buffer(retaining: memory, context: context)
    clReleaseMemObject(memory)
    try queue.write([Int32](1...4), to: buffer)
    #expect(try queue.read(buffer, as: Int32.self, count: 4) == [1, 2, 3, 4])
  }

  @Test func subBuffersOfOtherCodeKnowTheirPlace() throws {
    let context = try Context(retaining: raw.context)
    let queue = try CommandQueue(context)
    let alignment = context.device.memoryAlignment
    let memory = try raw.buffer(byteCount: 4 * alignment)
    defer { clReleaseMemObject(memory) }
    var region = cl_buffer_region(origin: alignment, size: 3 * alignment)
    let part = try #require(
      clCreateSubBuffer(memory, 0, cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, nil))
    defer { clReleaseMemObject(part) }
    let buffer = try Buffer(retaining: part, context: context)
    #expect(buffer.offset == alignment && buffer.byteCount == 3 * alignment && buffer.parent?.handle == memory)
    let inner = try buffer.subBuffer(offset: alignment, byteCount: alignment)
    #expect(inner.offset == 2 * alignment)
    try queue.enqueueFill(inner, with: UInt8(7))
    let whole = try Buffer(retaining: memory, context: context)
    #expect(try queue.read(whole, offset: 2 * alignment, as: UInt8.self, count: 1) == [7])
  }

  @Test func strangersAreRefused() throws {
    let context = try Context(retaining: raw.context)
    let other = try RawContext(raw.device)
    let memory = try other.buffer(byteCount: 16)
    defer { clReleaseMemObject(memory) }
    #expect(
      try openCLError { _ = try CommandQueue(retaining: other.queue, context: context) }.status == .invalidContext)
    #expect(try openCLError { _ = try Buffer(retaining: memory, context: context) }.status == .invalidContext)
    let disordered = try RawContext(raw.device, properties: CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
    let error = try openCLError {
      _ = try CommandQueue(retaining: disordered.queue, context: Context(retaining: disordered.context))
    }
    #expect(error.status == .invalidQueueProperties && error.description.contains("out of order"))
    var format = cl_image_format(
      image_channel_order: cl_channel_order(CL_RGBA), image_channel_data_type: cl_channel_type(CL_FLOAT))
    var description = cl_image_desc()
    description.image_type = cl_mem_object_type(CL_MEM_OBJECT_IMAGE2D)
    description.image_width = 4
    description.image_height = 4
    let image = try #require(
      clCreateImage(raw.context, cl_mem_flags(CL_MEM_READ_WRITE), &format, &description, nil, nil))
    defer { clReleaseMemObject(image) }
    let refusal = try openCLError { _ = try Buffer(retaining: image, context: context) }
    #expect(refusal.status == .invalidMemoryObject && refusal.description.contains("not a buffer"))
  }

  /// A part of the device is another device.
  @Test func contextsOfOtherDevicesAreRefused() throws {
    var part: cl_device_id?
    let properties: [cl_device_partition_property] = [
      cl_device_partition_property(CL_DEVICE_PARTITION_BY_COUNTS), 1, 0, 0,
    ]
    try #require(clCreateSubDevices(raw.device.handle, properties, 1, &part, nil) == CL_SUCCESS)
    let handle = try #require(part)
    defer { clReleaseDevice(handle) }
    let device = try Device(retaining: handle)
    #expect(device != raw.device && device.platform == raw.device.platform)
    let error = try openCLError { _ = try Context(retaining: raw.context, device: device) }
    #expect(error.status == .invalidDevice && error.description.contains("none of the 1 devices"))
  }
}
