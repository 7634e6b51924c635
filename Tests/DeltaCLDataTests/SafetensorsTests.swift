import DeltaCLData
import Testing

@Suite struct SafetensorsTests {
  typealias Tensor = Safetensors.Tensor

  /// A small file with a scalar, an empty tensor and metadata.
  static func sample() throws -> Safetensors {
    Safetensors(
      tensors: [
        "conv1.weight": try Tensor(floats: [1, -2.5, .infinity, 0x1p-140], shape: [2, 1, 2]),
        "step": try Tensor(int32s: [-7], shape: []),
        "empty": try Tensor(floats: [], shape: [0, 3]),
      ],
      metadata: ["layout": "KRSC", "note": "quote \" backslash \\ line\nü🙂\u{1}"])
  }

  @Test func roundTrips() throws {
    let sample = try Self.sample()
    let folder = try TemporaryFolder()
    try sample.write(to: folder("f.safetensors"))
    let read = try Safetensors(contentsOf: folder("f.safetensors"))
    #expect(read == sample)
    #expect(read.names == ["conv1.weight", "empty", "step"])
    #expect(try read.tensor("conv1.weight").floats() == [1, -2.5, .infinity, 0x1p-140])
    #expect(try read.tensor("step").int32s() == [-7])
    #expect(try folder.contents() == ["f.safetensors"])
    expectError(.notFound, "conv2", "conv1.weight, empty, step") { _ = try read.tensor("conv2") }
  }

  @Test func layoutIsThatOfTheFormat() throws {
    let file = Safetensors(
      tensors: ["b": try Tensor(int32s: [1], shape: [1]), "a": try Tensor(floats: [1], shape: [])],
      metadata: ["k": "v"])
    let header =
      #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(try file.serialized() == .safetensors(padded, data: [0, 0, 0x80, 0x3f, 1, 0, 0, 0]))
    #expect(try Safetensors().serialized() == .safetensors("{}      "))
  }

  @Test func wideElementsComeFirst() throws {
    let file = Safetensors(tensors: [
      "a": try Tensor(dtype: .u8, shape: [1], bytes: [9]),
      "b": try Tensor(dtype: .f64, shape: [1], bytes: [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
    ])
    let bytes = try file.serialized()
    #expect(bytes.suffix(9) == [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 9])
    #expect(try Safetensors(bytes: bytes) == file)
  }

  @Test func convertsToFloats() throws {
    #expect(try Tensor(dtype: .f16, shape: [3], bytes: [0, 0x3c, 1, 0, 0, 0xfc]).floats() == [1, 0x1p-24, -.infinity])
    #expect(try Tensor(dtype: .bf16, shape: [2], bytes: [0x80, 0x3f, 0x49, 0xc0]).floats() == [1, -3.140625])
    let doubles = [0.1, -.infinity, 1e-300].flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
    #expect(try Tensor(dtype: .f64, shape: [3], bytes: doubles).floats() == [0.1, -.infinity, 0])
    let large = (0..<8).map { UInt8(truncatingIfNeeded: (1e39).bitPattern >> (8 * $0)) }
    expectError(.outOfRange, "1e+39", "w") { _ = try Tensor(dtype: .f64, shape: [], bytes: large).floats(name: "w") }
    expectError(.unsupported, "I32") { _ = try Tensor(int32s: [1], shape: [1]).floats() }
  }

  @Test func convertsToIntegers() throws {
    #expect(try Tensor(dtype: .u8, shape: [2], bytes: [0, 255]).int32s() == [0, 255])
    let negative = [UInt8](repeating: 0xff, count: 8)
    #expect(try Tensor(dtype: .i64, shape: [1], bytes: negative).int32s() == [-1])
    expectError(.outOfRange, "4294967296") {
      _ = try Tensor(dtype: .i64, shape: [1], bytes: [0, 0, 0, 0, 1, 0, 0, 0]).int32s()
    }
    expectError(.unsupported, "F32") { _ = try Tensor(floats: [1], shape: [1]).int32s() }
  }

  @Test func refusesATensorOfTheWrongSize() {
    expectError(.mismatch) { _ = try Tensor(floats: [1, 2], shape: [3]) }
    expectError(.mismatch) { _ = try Tensor(floats: [1, 2], shape: [-1, -2]) }
    expectError(.mismatch) { _ = try Tensor(floats: [], shape: [.max, 2, 0]) }
    expectError(.mismatch) { _ = try Tensor(dtype: .f4, shape: [3], bytes: [0, 0]) }
  }

  @Test func refusesEveryTruncation() throws {
    for part in try Self.sample().serialized().truncations {
      expectError(.truncated) { _ = try Safetensors(bytes: part) }
    }
  }

  @Test func survivesEveryCorruption() throws {
    for damaged in try Self.sample().serialized().corruptions() {
      let result = expectValueOrError { try Safetensors(bytes: damaged) }
      guard case .success(let read) = result else { continue }
      // What is accepted is whole: it can be written and read again.
      #expect(try Safetensors(bytes: read.serialized()) == read)
    }
  }

  @Test func survivesMutations() throws {
    for damaged in try Self.sample().serialized().mutations(2000, seed: 3) {
      let result = expectValueOrError { try Safetensors(bytes: damaged) }
      if case .success(let read) = result { #expect(try Safetensors(bytes: read.serialized()) == read) }
    }
  }

  @Test func refusesATensorCalledMetadata() {
    expectError(.malformed) {
      try Safetensors(tensors: ["__metadata__": Tensor(floats: [], shape: [0])]).write(to: "/nowhere/f")
    }
  }
}
