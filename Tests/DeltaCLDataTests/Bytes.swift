import CZlib
import DeltaCLData
import Testing

extension [UInt8] {
  /// An IDX file of unsigned bytes.
  static func idx(_ dimensions: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)]
      + dimensions.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } } + elements
  }

  /// A safetensors file of any header and data.
  static func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
  }

  /// These bytes as a gzip file.
  func gzipped() -> [UInt8] {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let size = Int32(MemoryLayout<z_stream>.size)
    #expect(deflateInit2_(stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
    defer { deflateEnd(stream) }
    var input = self
    let capacity = Int(deflateBound(stream, UInt(count)))
    return [UInt8](unsafeUninitializedCapacity: capacity) { output, written in
      input.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(capacity)
        #expect(deflate(stream, Z_FINISH) == Z_STREAM_END)
      }
      written = capacity - Int(stream.pointee.avail_out)
    }
  }

  /// Every shorter beginning of these bytes.
  var truncations: [[UInt8]] { indices.map { Array(self[..<$0]) } }

  /// These bytes with each of the first `length` changed in turn, bit by bit and whole.
  func corruptions(upTo length: Int = .max) -> [[UInt8]] {
    indices.prefix(length).flatMap { index in
      ([1, 2, 4, 8, 16, 32, 64, 128, 0xff] as [UInt8]).map { mask in
        var copy = self
        copy[index] ^= mask
        return copy
      }
    }
  }
}

extension [UInt8] {
  /// Copies of these bytes that were damaged at random: bytes changed, inserted, taken out, repeated or cut off.
  func mutations(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var generator = SplitMix(state: seed)
    return (0..<count).map { _ in
      var copy = self
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !copy.isEmpty {
        let start = Int.random(in: copy.indices, using: &generator)
        let end = Swift.min(copy.count, start + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: copy[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: for index in start..<end { copy[index] = .random(in: 0...255, using: &generator) }
        case 2: for index in start..<end { copy[index] = [0, 0x7f, 0x80, 0xff][start % 4] }
        case 3: copy.removeSubrange(start..<end)
        case 4: copy.insert(contentsOf: copy[start..<end], at: start)
        default: copy.removeLast(copy.count - end)
        }
      }
      return copy
    }
  }
}

/// Steele, Lea and Flood's generator, for tests that repeat.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

/// Requires an error with `code`, whose text is one line and contains each of `texts`.
func expectError(
  _ code: DataError.Code, _ texts: String..., sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  let error = #expect(throws: DataError.self, sourceLocation: sourceLocation, performing: body)
  guard let error else { return }
  #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
  #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
  for text in texts { #expect(error.description.contains(text), "\(error)", sourceLocation: sourceLocation) }
}

/// Requires that `body` gives a value or a `DataError`.
func expectValueOrError<Value>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) -> Result<Value, DataError>? {
  do {
    return .success(try body())
  } catch let error as DataError {
    return .failure(error)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
    return nil
  }
}
