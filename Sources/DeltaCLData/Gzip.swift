import CZlib

/// Inflates gzip files (RFC 1952), those of several members included.
enum Gzip {
  /// Whether `bytes` begin as every gzip file does.
  static func isCompressed(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
  }

  /// Inflates `bytes` whole, checksums verified.
  ///
  /// - Parameters:
  ///   - limit: the most bytes that may come out; memory never grows beyond it by more than a chunk.
  ///   - name: the file's name for errors.
  /// - Throws: `DataError`: `truncated`, `malformed`, or `tooLarge` where more than `limit` bytes come out.
  static func inflate(_ bytes: [UInt8], limit: Int, name: String) throws(DataError) -> [UInt8] {
    let output = try run(bytes, until: limit, name: name)
    guard output.count <= limit else {
      throw DataError(.tooLarge, name, "inflates to more than the \(limit) bytes expected; get the file again")
    }
    return output
  }

  /// Inflates the first `count` bytes, or all where there are fewer.
  static func inflatePrefix(_ bytes: [UInt8], count: Int, name: String) throws(DataError) -> [UInt8] {
    Array(try run(bytes, until: count, name: name).prefix(count))
  }

  /// Inflates until the end or until more than `limit` bytes have come out.
  private static func run(_ bytes: [UInt8], until limit: Int, name: String) throws(DataError) -> [UInt8] {
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
    var chunk = [UInt8](repeating: 0, count: min(max(limit, 1), 1 << 18))
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
      output.append(contentsOf: chunk[..<produced])
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
