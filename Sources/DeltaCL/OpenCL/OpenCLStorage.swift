import OpenCL

/// Elements at the beginning of a buffer of an OpenCL device.
final class OpenCLStorage: Storage {
  let elementType: ElementType
  let count: Int
  let buffer: Buffer
  let backend: OpenCLBackend

  init(_ buffer: Buffer, _ elementType: ElementType, count: Int, backend: OpenCLBackend) {
    self.buffer = buffer
    self.elementType = elementType
    self.count = count
    self.backend = backend
  }

  func slice(offset: Int, count: Int) throws -> any Storage {
    try validateSlice(offset: offset, count: count)
    guard offset % backend.storageAlignment == 0 else {
      throw DeltaCLError(
        .mismatch,
        "the offset \(offset) of a slice must be a multiple of \(backend.storageAlignment) elements on \(backend)")
    }
    // OpenCL has no empty buffers: an empty slice is backed by the whole.
    if count == 0 { return OpenCLStorage(buffer, elementType, count: 0, backend: backend) }
    let part = try buffer.subBuffer(
      offset: offset * elementType.byteCount, byteCount: count * elementType.byteCount)
    return OpenCLStorage(part, elementType, count: count, backend: backend)
  }

  func write(_ source: HostMemory) throws {
    try validateTransfer(of: source.byteCount)
    if count == 0 { return }
    try backend.enqueueWrite(source, byteCount: byteCount, to: buffer)
  }

  func read(into destination: UnsafeMutableRawBufferPointer) throws {
    try validateTransfer(of: destination.count)
    if count == 0 { return try backend.finish() }
    try backend.surfacing { try backend.queue.read(buffer, into: destination) }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    try backend.surfacing { try backend.queue.withMappedBytes(buffer, byteCount: byteCount, body) }
  }

  func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) throws -> Result {
    try backend.surfacing { try backend.queue.withMutableMappedBytes(buffer, byteCount: byteCount, body) }
  }
}

extension OpenCLBackend {
  /// The buffer of a storage on this backend's context.
  func buffer(of storage: any Storage, _ what: String) throws -> Buffer {
    guard let storage = storage as? OpenCLStorage, storage.backend.context == context else {
      throw DeltaCLError(.mismatch, "\(what) lives on another backend than \(self): copy it there first")
    }
    // Commands of this queue may still use the buffer when its own backend has dropped it.
    if storage.backend !== self { storage.buffer.keepFromReuse() }
    return storage.buffer
  }

  /// The buffer of an operand, which kernels may use as the operation does.
  func buffer(of storage: any Storage, for operand: Operand, _ what: String) throws -> Buffer {
    let buffer = try buffer(of: storage, what)
    if operand.access != .read, buffer.flags.contains(.readOnly) {
      throw DeltaCLError(
        .mismatch, "\(what) is written, and kernels may only read its buffer: make it with CL_MEM_READ_WRITE")
    }
    if operand.access != .write, buffer.flags.contains(.writeOnly) {
      throw DeltaCLError(
        .mismatch, "\(what) is read, and kernels may only write its buffer: make it with CL_MEM_READ_WRITE")
    }
    return buffer
  }
}
