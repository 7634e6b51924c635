import CZlib

/// Inflates gzip files (RFC 1952), those of several members included.
enum Gzip {
  /// Whether `bytes` begin as every gzip file does.
  static func isCompressed(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
  }

  /// The most bytes that a byte of deflate's data can stand for (RFC 1951: 258 bytes for two bits), rounded up.
  static let greatestRatio = 1032

  /// Inflates `bytes` whole, checksums verified.
  ///
  /// - Parameters:
  ///   - dropping: The bytes at the beginning that are not wanted.
  ///   - limit: The most bytes that may come out beside those; memory never grows beyond it by more than a chunk.
  ///   - name: The file's name for errors.
  /// - Throws: `DataError`: `truncated`, `malformed`, or `tooLarge` if more bytes come out.
  static func inflate(_ bytes: [UInt8], dropping: Int = 0, limit: Int, name: String) throws(DataError) -> [UInt8] {
    let output = try run(bytes, dropping: dropping, until: limit, name: name)
    guard output.count <= limit else {
      throw DataError(
        .tooLarge, name, "inflates to more than the \(dropping + limit) bytes expected; get the file again")
    }
    return output
  }

  /// Inflates the first `count` bytes, or all if there are fewer.
  static func inflatePrefix(_ bytes: [UInt8], count: Int, name: String) throws(DataError) -> [UInt8] {
    Array(try run(bytes, dropping: 0, until: count, name: name).prefix(count))
  }

  /// Inflates until the end or until more than `limit` bytes have come out after those that are dropped.
  private static func run(
    _ bytes: [UInt8], dropping: Int, until limit: Int, name: String
  ) throws(DataError) -> [UInt8] {
    // The stream's address is kept inside zlib, so it must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let gzipWindow: Int32 = 16 + 15
    guard inflateInit2_(stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DataError(.readFailed, name, "cannot inflate: zlib could not start; out of memory?")
    }
    defer { inflateEnd(stream) }

    var output: [UInt8] = []
    // Growing would hold two copies for a while.
    output.reserveCapacity(min(limit, bytes.count.multipliedReportingOverflow(by: greatestRatio).partialValue) + 1)
    var dropped = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var position = 0
    while true {
      let inputCount = min(bytes.count - position, 1 << 30)
      let (status, consumed, produced) = bytes.withUnsafeBufferPointer { input in
        chunk.withUnsafeMutableBufferPointer { chunk in
          stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + position })
          stream.pointee.avail_in = UInt32(inputCount)
          stream.pointee.next_out = chunk.baseAddress
          stream.pointee.avail_out = UInt32(chunk.count)
          let status = CZlib.inflate(stream, Z_NO_FLUSH)
          return (status, inputCount - Int(stream.pointee.avail_in), chunk.count - Int(stream.pointee.avail_out))
        }
      }
      position += consumed
      let unwanted = min(dropping - dropped, produced)
      dropped += unwanted
      output.append(contentsOf: chunk[unwanted..<produced].prefix(limit + 1 - output.count))
      if output.count > limit { return output }

      switch status {
      case Z_STREAM_END:
        if position == bytes.count { return output }
        inflateReset(stream)
      case Z_OK:
        continue
      case Z_BUF_ERROR where position == bytes.count:
        throw DataError(
          .truncated, name, "the gzip data ends early, after \(bytes.count) bytes; get the file again")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw DataError(
          .malformed, name, "the gzip data is damaged near byte \(position) (\(reason)); get the file again")
      }
    }
  }
}
