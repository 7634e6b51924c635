public import OpenCL

/// Tensors in memory of other code, and the memory of tensors for other code.
extension Tensor {
  /// A tensor over a part of a buffer, which other code may have made: see `Buffer.init(retaining:context:)`.
  ///
  /// Nothing is copied. The tensor keeps the buffer; what other queues do with it is ordered by events alone.
  ///
  /// - Parameters:
  ///   - buffer: A buffer of the backend's context.
  ///   - offset: The byte where the elements begin, a multiple of the device's `memoryBaseAddressAlignmentBits`.
  ///   - shape: The extents.
  ///   - elementType: The type of the elements.
  ///   - backend: The backend that uses it.
  /// - Throws: ``DeltaCLError`` (`mismatch`) for a buffer of another context, too small or not aligned; `OpenCLError`.
  public convenience init(
    _ buffer: Buffer, offset: Int = 0, shape: Shape, _ elementType: ElementType = .float32, on backend: OpenCLBackend
  ) throws {
    try shape.validate("tensor")
    try self.init(
      backend.storage(buffer, offset: offset, elementType, count: shape.elementCount), shape: shape)
  }

  /// A tensor in host memory, which the device uses without a copy where both share one memory.
  ///
  /// The tensor keeps the memory. From now on the host may only touch it through ``withFloats(_:)`` and its like or, where
  /// the device has `hasHostUnifiedMemory`, after ``Backend/finish()``.
  ///
  /// - Parameters:
  ///   - memory: As many bytes as the tensor has, at an address that is a multiple of the device's
  ///     `memoryBaseAddressAlignmentBits`.
  ///   - shape: The extents.
  ///   - elementType: The type of the elements.
  ///   - backend: The backend that uses it.
  /// - Throws: ``DeltaCLError`` (`mismatch`) for memory of another size; `OpenCLError` for memory that is not aligned.
  public convenience init(
    wrapping memory: HostMemory, shape: Shape, _ elementType: ElementType = .float32, on backend: OpenCLBackend
  ) throws {
    try shape.validate("tensor")
    let byteCount = shape.elementCount * elementType.byteCount
    guard memory.byteCount == byteCount else {
      throw DeltaCLError(
        .mismatch, "a tensor of shape \(shape) takes \(byteCount) bytes of host memory, not \(memory.byteCount)")
    }
    try self.init(Buffer(backend.context, wrapping: memory), shape: shape, elementType, on: backend)
  }

  /// The buffer that begins with the elements, for other code: `Buffer.handle` is its `cl_mem`. `nil` on other backends than
  /// OpenCL's.
  ///
  /// It may be larger than the tensor. Other queues have to wait for an event before they use it.
  public var buffer: Buffer? {
    guard let storage = storage as? OpenCLStorage else { return nil }
    storage.buffer.keepFromReuse()
    return storage.buffer
  }

  /// A tensor that shares a part of this one's elements.
  ///
  /// - Parameters:
  ///   - shape: The extents of the part.
  ///   - offset: The first element, a multiple of the backend's ``Backend/storageAlignment``.
  /// - Throws: ``DeltaCLError`` (`mismatch`) if the part does not lie within the tensor or is not aligned.
  public func view(_ shape: Shape, offset: Int = 0) throws -> Tensor {
    try shape.validate("view")
    if offset == 0, shape.elementCount == storage.count { return try Tensor(storage, shape: shape) }
    return try Tensor(storage.slice(offset: offset, count: shape.elementCount), shape: shape)
  }
}

extension OpenCLBackend {
  /// Elements in a buffer that the backend has not allocated.
  fileprivate func storage(
    _ buffer: Buffer, offset: Int, _ elementType: ElementType, count: Int
  ) throws -> OpenCLStorage {
    guard buffer.context == context else {
      throw DeltaCLError(
        .mismatch, "a buffer of another context cannot hold a tensor of \(self): make it in its context")
    }
    let byteCount = count * elementType.byteCount
    guard offset >= 0, offset <= buffer.byteCount, byteCount <= buffer.byteCount - offset else {
      throw DeltaCLError(
        .mismatch,
        "a tensor of \(byteCount) bytes does not fit into a buffer of \(buffer.byteCount) bytes from byte \(offset): make the "
          + "buffer larger")
    }
    let address = try (buffer.parent ?? buffer).hostAddress().map { Int(bitPattern: $0) } ?? 0
    guard (buffer.offset + offset).isMultiple(of: alignmentBytes), address.isMultiple(of: alignmentBytes) else {
      throw DeltaCLError(
        .mismatch,
        "a tensor at byte \(offset) of a buffer at byte \(buffer.offset) of its memory is not aligned: \(self) needs multiples "
          + "of \(alignmentBytes) bytes")
    }
    let part =
      offset == 0 || byteCount == 0 ? buffer : try buffer.subBuffer(offset: offset, byteCount: byteCount)
    return OpenCLStorage(part, elementType, count: count, backend: self)
  }
}
