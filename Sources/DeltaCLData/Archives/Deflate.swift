import CZlib

/// Inflates deflate data (RFC 1951) without a header around them.
enum Deflate {
  /// Inflates `count` bytes from the beginning of `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: The data.
  ///   - count: The bytes that are wanted.
  ///   - isWhole: Whether the data must end with the last of them.
  ///   - name: The file's name for errors.
  /// - Throws: `DataError` `malformed` if the data are damaged or give another number of bytes; `tooLarge` if memory has no room.
  static func inflate(_ bytes: [UInt8], count: Int, isWhole: Bool, name: String) throws(DataError) -> [UInt8] {
    try FileSystem.requireMemory(count, for: name)
    // The stream's address is kept inside zlib, so it must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let rawWindow: Int32 = -15
    guard inflateInit2_(stream, rawWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DataError(.readFailed, name, "cannot inflate: zlib could not start; out of memory?")
    }
    defer { inflateEnd(stream) }

    var status = Z_OK
    // A byte more, so that data which go on are seen.
    let output = [UInt8](unsafeUninitializedCapacity: count + 1) { output, produced in
      bytes.withUnsafeBufferPointer { input in
        var consumed = 0
        produced = 0
        while status == Z_OK {
          // zlib counts in 32 bits.
          let inputCount = min(input.count - consumed, 1 << 30)
          let room = min(count + 1 - produced, 1 << 30)
          stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + consumed })
          stream.pointee.avail_in = UInt32(inputCount)
          stream.pointee.next_out = output.baseAddress.map { $0 + produced }
          stream.pointee.avail_out = UInt32(room)
          status = CZlib.inflate(stream, Z_NO_FLUSH)
          consumed += inputCount - Int(stream.pointee.avail_in)
          produced += room - Int(stream.pointee.avail_out)
          if produced > count { break }
        }
      }
    }
    guard isWhole ? status == Z_STREAM_END && output.count == count : output.count >= count || status != Z_DATA_ERROR
    else {
      throw DataError(
        .malformed, name, "its deflated data are damaged: they do not give \(count) bytes; get the file again")
    }
    return isWhole ? output : Array(output.prefix(count))
  }
}
