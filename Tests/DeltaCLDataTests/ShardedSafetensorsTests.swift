import Testing

@testable import DeltaCLData

@Suite struct ShardedSafetensorsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (index, name) in ["a", "b"].enumerated() {
      let tensor = try HostTensor(floats: [Float(index)], shape: [1])
      try Safetensors(tensors: [name: tensor], metadata: ["format": "pt", "part": "\(index)"]).write(
        to: folder("\(name).st"))
    }
  }

  private func open(_ index: String) throws -> any TensorFile {
    try TensorFileFormat.open(folder.write(Array(index.utf8), "model.safetensors.index.json"))
  }

  @Test func tensorsAreFoundInTheirFiles() throws {
    let file = try open(#"{"metadata": {"total_size": 8}, "weight_map": {"a": "a.st", "b": "b.st"}}"#)
    #expect(file.format == .safetensors)
    #expect(file.names == ["a", "b"])
    #expect(try file.tensor("b").floats() == [1])
    #expect(file.metadata == ["format": "pt"])
    expectError(.notFound, "has no tensor 'c'") { _ = try file.form(of: "c") }
  }

  @Test(arguments: [
    (#"{"weight_map": {"a": "../a.st"}}"#, DataError.Code.malformed, "own folder"),
    (#"{"weight_map": {"a": "/etc/passwd"}}"#, .malformed, "own folder"),
    (#"{"weight_map": {"a": ".."}}"#, .malformed, "own folder"),
    (#"{"weight_map": {"a": ""}}"#, .malformed, "own folder"),
    (#"{"weight_map": {"a": "c.st"}}"#, .notFound, "c.st"), (#"{"weight_map": {"a": "b.st"}}"#, .mismatch, "lacks it"),
    (#"{"weight_map": {"a": 1}}"#, .malformed, "string"), (#"{"metadata": {}}"#, .malformed, "weight_map"),
    (#"{"weight_map": {"#, .malformed, "string"),
  ])
  func wrongIndicesAreRefused(index: String, code: DataError.Code, words: String) {
    expectError(code, words) { _ = try open(index) }
  }

  /// The length of a header can begin as a pickle does.
  @Test(arguments: [0x280, 0x480]) func headersOfEveryLengthAreRecognised(length: Int) throws {
    let text = String(repeating: "x", count: length - #"{"__metadata__":{"x":""}}"#.utf8.count)
    let file = Safetensors(metadata: ["x": text])
    #expect(try file.serialized().prefix(2) == [UInt8(length & 0xff), UInt8(length >> 8)])
    try file.write(to: folder("f"))
    #expect(try TensorFileFormat.open(folder("f")).metadata == file.metadata)
  }
}
