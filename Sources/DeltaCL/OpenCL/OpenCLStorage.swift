import OpenCL

/// Elements in a buffer of an OpenCL device.
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
}

extension OpenCLBackend {
  /// The buffer of a storage of this backend.
  func buffer(of storage: any Storage, _ what: String) throws -> Buffer {
    guard let storage = storage as? OpenCLStorage, storage.backend === self else {
      throw DeltaCLError(.mismatch, "\(what) lives on another backend than \(self): copy it there first")
    }
    return storage.buffer
  }
}
