import DeltaCLData
import Testing

/// Files that the format's reference reader refuses, and files that it accepts.
@Suite struct SafetensorsRejectionTests {
  private static func tensor(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  @Test(arguments: [
    ("", "begin with"), (" {}", "begin with '{'"), ("[]", "begin with '{'"), ("{", "string"), ("{}}", "after the end"),
    ("{} x", "after the end"), (#"{"a":1}"#, "'{' expected"), (#"{"a":{}}"#, "lacks"), (#"{"a":{},}"#, "lacks"),
    (#"{"a":null}"#, "expected"), (#"{"__metadata__":{"a":1}}"#, "string"), (#"{"__metadata__":[]}"#, "expected"),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, "twice"), (#"{"__metadata__":{},"__metadata__":{}}"#, "twice"),
    (#"{"__metadata__":{"a":"\ud800"}}"#, "surrogate"), (#"{"__metadata__":{"a":"\x"}}"#, "escape"),
    (#"{"__metadata__":{"a":"\u12g4"}}"#, "hexadecimal"), ("{\"__metadata__\":{\"a\":\"\n\"}}", "control"),
    ("{'a':1}", "string"),
  ])
  func refusesWrongHeaders(header: String, reason: String) {
    expectError(.malformed, reason) { _ = try Safetensors(bytes: .safetensors(header)) }
  }

  @Test(arguments: [
    ("F32", "[1]", "[0,8]"), ("F32", "[2]", "[0,4]"), ("F32", "[1]", "[4,8]"), ("F32", "[1]", "[0]"),
    ("F32", "[1]", "[0,4,8]"), ("F32", "[1]", "[4,0]"), ("F32", "[1]", "[-4,0]"), ("F32", "[-1]", "[0,4]"),
    ("F32", "[1.0]", "[0,4]"), ("F32", "[1e0]", "[0,4]"), ("F32", "[01]", "[0,4]"), ("F32", "[1,]", "[0,4]"),
    ("F32", "[\"1\"]", "[0,4]"), ("F32", "1", "[0,4]"), ("F32", "[1]", "[0,18446744073709551616]"),
    ("F32", "[4611686018427387905,4]", "[0,4]"), ("F32", "[9223372036854775807,2,0]", "[0,4]"),
    ("F99", "[1]", "[0,4]"), ("f32", "[1]", "[0,4]"), ("", "[1]", "[0,4]"), ("F4", "[3]", "[0,4]"),
    ("F64", "[1]", "[0,4]"), ("F32", "[]", "[0,0]"), ("F32", "[-0]", "[0,4]"), ("F32", "[1]", "[0.0,4]"),
  ])
  func refusesWrongTensors(dtype: String, shape: String, offsets: String) {
    let header = #"{"a":\#(Self.tensor(dtype, shape, offsets))}"#
    expectError(.malformed, "f:") {
      _ = try Safetensors(bytes: .safetensors(header, data: [0, 0, 0, 0]), name: "f")
    }
  }

  @Test func refusesHolesOverlapsAndDuplicates() {
    let cases: [(String, String, Int, DataError.Code)] = [
      ("[0,4]", "[2,6]", 6, .malformed), ("[0,4]", "[0,4]", 4, .malformed), ("[0,4]", "[8,12]", 12, .malformed),
      ("[0,4]", "[4,8]", 9, .malformed), ("[0,4]", "[4,8]", 7, .truncated), ("[4,8]", "[8,12]", 12, .malformed),
    ]
    for (first, second, count, code) in cases {
      let header = #"{"a":\#(Self.tensor("F32", "[1]", first)),"b":\#(Self.tensor("F32", "[1]", second))}"#
      expectError(code) {
        _ = try Safetensors(bytes: .safetensors(header, data: [UInt8](repeating: 0, count: count)))
      }
    }
    let tensor = Self.tensor("F32", "[0]", "[0,0]")
    expectError(.malformed, "'a' occurs twice") {
      _ = try Safetensors(bytes: .safetensors(#"{"a":\#(tensor),"a":\#(tensor)}"#))
    }
    expectError(.malformed, "'a' occurs twice") {
      _ = try Safetensors(bytes: .safetensors(#"{"a":\#(tensor),"\u0061":\#(tensor)}"#))
    }
    expectError(.malformed, "'shape' twice") {
      _ = try Safetensors(
        bytes: .safetensors(#"{"a":{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}}"#))
    }
  }

  @Test func refusesOtherMetadata() {
    for metadata in ["nul", "nulll", "true", "1", "\"\"", "null,\"__metadata__\":null"] {
      expectError(.malformed) { _ = try Safetensors(bytes: .safetensors("{\"__metadata__\":\(metadata)}")) }
    }
  }

  @Test func messagesStayShort() throws {
    let long = String(repeating: "x", count: 100_000)
    let shape = "[" + String(repeating: "1,", count: 50_000) + "1]"
    let headers = [
      #"{"a":\#(Self.tensor(long, "[1]", "[0,4]"))}"#, #"{"\#(long)":\#(Self.tensor("F32", "[1]", "[1,4]"))}"#,
      #"{"a":\#(Self.tensor("F32", shape, "[0,3]"))}"#, #"{"\#(long)":{"shape":[0]}}"#,
      #"{"__metadata__":{"\#(long)":"1","\#(long)":"1"}}"#, #"{"a":{"dtype":\#(long)}}"#,
    ]
    for header in headers {
      let error = #expect(throws: DataError.self) {
        _ = try Safetensors(bytes: .safetensors(header, data: [0, 0, 0, 0]))
      }
      #expect(try #require(error).description.count < 400)
    }
    let empty = try Safetensors.Tensor(floats: [], shape: [0])
    let many = Safetensors(tensors: Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("tensor\($0)", empty) }))
    let error = #expect(throws: DataError.self) { _ = try many.tensor(long) }
    #expect(try #require(error).description.hasSuffix("and 19988 more"))
    #expect(try #require(error).description.count < 400)
    #expect(DataError(.notFound, long, "is missing").description.hasSuffix("xxx: is missing"))
    #expect(DataError(.notFound, long, "is missing").description.count < 2100)
  }

  @Test func saysThatAFileIsAPointer() throws {
    let pointer = Array(
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
        .utf8)
    expectError(.unsupported, "f: is a Git LFS pointer", "git lfs pull") {
      _ = try Safetensors(bytes: pointer, name: "f")
    }
    expectError(.unsupported, "f: is a Git LFS pointer") { _ = try IDX(bytes: pointer, name: "f") }
    let folder = try TemporaryFolder()
    try folder.write(pointer, "image.png")
    expectError(.unsupported, "image.png: is a Git LFS pointer") { _ = try Image(contentsOf: folder("image.png")) }
    try folder.write(pointer, "train-images-idx3-ubyte.gz")
    try folder.write(pointer, "train-labels-idx1-ubyte.gz")
    expectError(.unsupported, "train-images-idx3-ubyte.gz: is a Git LFS pointer") {
      _ = try Dataset.load(folder.path)
    }
  }

  @Test func refusesLengthsThatLie() {
    expectError(.tooLarge) { _ = try Safetensors(bytes: [UInt8](repeating: 0xff, count: 8) + Array("{}".utf8)) }
    expectError(.tooLarge, "100000001") { _ = try Safetensors(bytes: [0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0]) }
    expectError(.truncated) { _ = try Safetensors(bytes: [0x00, 0xe1, 0xf5, 0x05, 0, 0, 0, 0]) }
    expectError(.malformed) { _ = try Safetensors(bytes: [UInt8](repeating: 0, count: 8)) }
    expectError(.truncated) { _ = try Safetensors(bytes: []) }
  }

  @Test func boundsNestingAndNumbersAsTheReferenceDoes() throws {
    func file(_ extra: String) -> [UInt8] {
      .safetensors(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":\#(extra)}}"#)
    }
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try Safetensors(bytes: file(nested(125))).names == ["a"])
    expectError(.malformed, "deeply") { _ = try Safetensors(bytes: file(nested(126))) }
    expectError(.malformed, "deeply") { _ = try Safetensors(bytes: file(nested(100_000))) }
    expectError(.malformed, "range") { _ = try Safetensors(bytes: file("1e400")) }
  }

  @Test(arguments: [
    "{}", "{ }   ", "{\n}", #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":[1,{"y":-0.5e+3}]}}"#,
    #"{"__metadata__":{}}"#, #"{"__metadata__":null}"#, #"{"__metadata__": null }"#,
    #"{"a":{"dtype":"I64","shape":[3,0],"data_offsets":[0,0]}}"#,
    #"{"\ud83d\ude42\/":{"data_offsets":[0,0],"shape":[0],"dtype":"BOOL"}}"#,
  ])
  func acceptsWhatIsLegal(header: String) throws {
    #expect(try Safetensors(bytes: .safetensors(header)).tensors.count <= 1)
  }
}
