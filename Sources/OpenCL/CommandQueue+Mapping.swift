import COpenCL

/// Device memory as the host sees it. Where both share one memory nothing is copied.
extension CommandQueue {
  /// Waits for all commands before and has `body` read `byteCount` bytes of `buffer` from byte `offset`, by default all.
  ///
  /// Nothing may write the bytes meanwhile.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside the buffer; what `body` throws.
  public func withMappedBytes<Result>(
    _ buffer: Buffer, offset: Int = 0, byteCount: Int? = nil, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try withMapping(buffer, offset, byteCount, cl_map_flags(CL_MAP_READ)) { try body(UnsafeRawBufferPointer($0)) }
  }

  /// Waits for all commands before and has `body` read and write `byteCount` bytes of `buffer` from byte `offset`, by
  /// default all. Later commands see what it has written.
  ///
  /// Nothing else may use the bytes meanwhile.
  ///
  /// - Throws: `OpenCLError`, also if the bytes do not lie inside the buffer; what `body` throws.
  public func withMutableMappedBytes<Result>(
    _ buffer: Buffer, offset: Int = 0, byteCount: Int? = nil, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    try withMapping(buffer, offset, byteCount, cl_map_flags(CL_MAP_READ | CL_MAP_WRITE), body)
  }

  private func withMapping<Result>(
    _ buffer: Buffer, _ offset: Int, _ byteCount: Int?, _ flags: cl_map_flags,
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    let call = "clEnqueueMapBuffer"
    try checkRange(of: buffer, offset: offset, byteCount: byteCount ?? 0, call: call)
    let byteCount = byteCount ?? buffer.byteCount - offset
    if byteCount == 0 {
      try finish()
      return try body(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
    let address = try map(buffer, offset: offset, byteCount: byteCount, flags)
    let result = Swift.Result { try body(UnsafeMutableRawBufferPointer(start: address, count: byteCount)) }
    try check(
      clEnqueueUnmapMemObject(handle, buffer.memory.handle, address, 0, nil, nil), "clEnqueueUnmapMemObject")
    return try result.get()
  }

  func map(
    _ buffer: Buffer, offset: Int, byteCount: Int, _ flags: cl_map_flags
  ) throws(OpenCLError) -> UnsafeMutableRawPointer {
    let call = "clEnqueueMapBuffer"
    var status: cl_int = 0
    let address = clEnqueueMapBuffer(
      handle, buffer.memory.handle, cl_bool(CL_TRUE), flags, offset, byteCount, 0, nil, nil, &status)
    try check(status, call, detail: "\(byteCount) bytes from byte \(offset)")
    guard let address else {
      throw OpenCLError(refused: .outOfHostMemory, call: call, detail: "the driver returned no address")
    }
    return address
  }
}
