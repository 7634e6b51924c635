import COpenCL

extension CommandQueue {
  /// Writes `source` into `buffer` from byte `offset` and waits.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside the buffer.
  public func write(_ source: UnsafeRawBufferPointer, to buffer: Buffer, offset: Int = 0) throws {
    let call = "clEnqueueWriteBuffer"
    try checkRange(of: buffer, offset: offset, byteCount: source.count, call: call)
    guard let start = source.baseAddress, !source.isEmpty else { return }
    try check(
      clEnqueueWriteBuffer(handle, buffer.memory.handle, cl_bool(CL_TRUE), offset, source.count, start, 0, nil, nil),
      call,
      detail: "\(source.count) bytes from byte \(offset)")
  }

  /// Writes the elements of `values` into `buffer` from byte `offset` and waits.
  ///
  /// - Throws: `OpenCLError`, also if the elements do not lie inside the buffer.
  public func write<Element: BitwiseCopyable>(_ values: [Element], to buffer: Buffer, offset: Int = 0) throws {
    try values.withUnsafeBytes { try write($0, to: buffer, offset: offset) }
  }

  /// Fills `destination` with the bytes of `buffer` from byte `offset` and waits.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside the buffer.
  public func read(_ buffer: Buffer, offset: Int = 0, into destination: UnsafeMutableRawBufferPointer) throws {
    let call = "clEnqueueReadBuffer"
    try checkRange(of: buffer, offset: offset, byteCount: destination.count, call: call)
    guard let start = destination.baseAddress, !destination.isEmpty else { return }
    try check(
      clEnqueueReadBuffer(
        handle, buffer.memory.handle, cl_bool(CL_TRUE), offset, destination.count, start, 0, nil, nil), call,
      detail: "\(destination.count) bytes from byte \(offset)")
  }

  /// Reads `count` numbers from byte `offset` of `buffer` and waits.
  ///
  /// - Throws: `OpenCLError`, also if the numbers do not lie inside the buffer.
  public func read<Scalar: KernelScalar>(
    _ buffer: Buffer, offset: Int = 0, as type: Scalar.Type = Scalar.self, count: Int
  ) throws -> [Scalar] {
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    // Checked before the host allocates what was asked.
    try checkRange(of: buffer, offset: offset, byteCount: overflow ? .max : byteCount, call: "clEnqueueReadBuffer")
    return try [Scalar](unsafeUninitializedCapacity: count) { values, initializedCount in
      try read(buffer, offset: offset, into: UnsafeMutableRawBufferPointer(start: values.baseAddress, count: byteCount))
      initializedCount = count
    }
  }

  /// Enqueues a write of `range` of `memory`, or all of it, into `buffer` from byte `offset`.
  ///
  /// The queue keeps `memory` until the write has finished; until then nothing may change it.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside either.
  @discardableResult
  public func enqueueWrite(
    _ memory: HostMemory, range: Range<Int>? = nil, to buffer: Buffer, offset: Int = 0
  ) throws -> Event {
    let call = "clEnqueueWriteBuffer"
    let range = range ?? 0..<memory.byteCount
    try memory.check(range, call: call)
    try checkTransfer(buffer, offset: offset, byteCount: range.count, call: call)
    var event: cl_event?
    try check(
      clEnqueueWriteBuffer(
        handle, buffer.memory.handle, cl_bool(CL_FALSE), offset, range.count, memory.start + range.lowerBound, 0, nil,
        &event),
      call, detail: "\(range.count) bytes from byte \(offset)")
    return try keep(memory, until: event, call: call)
  }

  /// Enqueues a read of `buffer` from byte `offset` into `range` of `memory`, or all of it.
  ///
  /// The queue keeps `memory` until the read has finished; until then nothing may use it.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside either.
  @discardableResult
  public func enqueueRead(
    _ buffer: Buffer, offset: Int = 0, into memory: HostMemory, range: Range<Int>? = nil
  ) throws -> Event {
    let call = "clEnqueueReadBuffer"
    let range = range ?? 0..<memory.byteCount
    try memory.check(range, call: call)
    try checkTransfer(buffer, offset: offset, byteCount: range.count, call: call)
    var event: cl_event?
    try check(
      clEnqueueReadBuffer(
        handle, buffer.memory.handle, cl_bool(CL_FALSE), offset, range.count, memory.start + range.lowerBound, 0, nil,
        &event),
      call, detail: "\(range.count) bytes from byte \(offset)")
    return try keep(memory, until: event, call: call)
  }

  /// Enqueues a fill of `byteCount` bytes of `buffer` from byte `offset`, by default to its end, with copies of `value`.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside the buffer or are not a whole number of values.
  public func enqueueFill<Scalar: KernelScalar>(
    _ buffer: Buffer, with value: Scalar, offset: Int = 0, byteCount: Int? = nil
  ) throws {
    let call = "clEnqueueFillBuffer"
    let size = MemoryLayout<Scalar>.size
    try checkRange(of: buffer, offset: offset, byteCount: byteCount ?? 0, call: call)
    let byteCount = byteCount ?? buffer.byteCount - offset
    guard offset.isMultiple(of: size), byteCount.isMultiple(of: size) else {
      throw OpenCLError(
        status: .invalidValue, call: call,
        detail: "\(byteCount) bytes from byte \(offset) are no whole number of values of \(size) bytes")
    }
    guard byteCount > 0 else { return }
    var value = value
    try check(
      clEnqueueFillBuffer(handle, buffer.memory.handle, &value, size, offset, byteCount, 0, nil, nil), call,
      detail: "\(byteCount) bytes from byte \(offset)")
  }

  /// Enqueues a copy of `byteCount` bytes between buffers.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside either buffer, or overlap in one.
  public func enqueueCopy(
    from source: Buffer, sourceOffset: Int = 0, to destination: Buffer, destinationOffset: Int = 0,
    byteCount: Int
  ) throws {
    let call = "clEnqueueCopyBuffer"
    try checkRange(of: source, offset: sourceOffset, byteCount: byteCount, call: call)
    try checkRange(of: destination, offset: destinationOffset, byteCount: byteCount, call: call)
    guard byteCount > 0 else { return }
    let distance = (source.offset + sourceOffset) - (destination.offset + destinationOffset)
    guard (source.parent ?? source) !== (destination.parent ?? destination) || abs(distance) >= byteCount else {
      throw OpenCLError(
        status: .copyOverlap, call: call,
        detail: "\(byteCount) bytes at a distance of \(abs(distance)) in one buffer overlap")
    }
    try check(
      clEnqueueCopyBuffer(
        handle, source.memory.handle, destination.memory.handle, sourceOffset, destinationOffset, byteCount, 0, nil, nil
      ), call,
      detail: "\(byteCount) bytes from byte \(sourceOffset) to byte \(destinationOffset)")
  }

  func checkRange(of buffer: Buffer, offset: Int, byteCount: Int, call: String) throws {
    guard buffer.context == context else {
      throw OpenCLError(status: .invalidContext, call: call, detail: "the buffer is of another context")
    }
    try buffer.checkRange(offset: offset, byteCount: byteCount, call: call)
  }

  /// A transfer that returns an event cannot be empty: older drivers refuse it.
  private func checkTransfer(_ buffer: Buffer, offset: Int, byteCount: Int, call: String) throws {
    try checkRange(of: buffer, offset: offset, byteCount: byteCount, call: call)
    guard byteCount > 0 else {
      throw OpenCLError(status: .invalidValue, call: call, detail: "there is nothing to transfer")
    }
  }

  private func keep(_ memory: HostMemory, until handle: cl_event?, call: String) throws -> Event {
    let event = try Event(handle, call: call)
    keep(memory, until: event)
    return event
  }
}
