import Testing

@testable import DeltaCLData

@Suite struct TorchFileTests {
  @Test(arguments: ["state.pth", "legacy.pth"]) func tensorsAreThoseOfPyTorch(file: String) throws {
    let state = try TensorFixture.open(file)
    #expect(state.format == .pytorch)
    #expect(try state.tensor("weight").floats() == (0..<24).map(Float.init))
    #expect(try state.tensor("weight").shape == [2, 3, 2, 2])
    // Strides are resolved: a transpose, an order of axes of its own, a part of a shared storage, one element seen as many.
    #expect(try state.tensor("transposed").shape == [3, 2])
    #expect(try state.tensor("transposed").floats() == [0, 3, 1, 4, 2, 5])
    #expect(try state.tensor("channels_last").floats() == (0..<24).map(Float.init))
    #expect(try state.tensor("shared").floats() == (0..<24).map(Float.init))
    #expect(try state.tensor("part").floats() == [5, 6, 9, 10])
    #expect(try state.tensor("expanded").floats() == [7, 7, 7, 7, 7, 7])
    #expect(try state.tensor("scalar").shape == [])
    #expect(try state.tensor("scalar").floats() == [2.5])
    #expect(try state.tensor("empty").shape == [0, 3])
    for name in ["half", "bfloat16", "double"] { #expect(try state.tensor(name).floats() == [0, 1, 1, 0], "\(name)") }
    for name in ["int8", "int16", "int32", "byte", "bool"] {
      #expect(try state.tensor(name).int32s() == [0, 1, 1, 0], "\(name)")
    }
    #expect(try state.tensor("num_batches_tracked").int32s() == [17])
    #expect(state.names.count == 17)
    expectError(.notFound, "has no tensor 'bias'") { _ = try state.tensor("bias") }
  }

  @Test(arguments: ["nested.pth", "model.pth"]) func theStateDictionaryMayLieUnderAKey(file: String) throws {
    let state = try TensorFixture.open(file)
    #expect(state.names == ["weight"])
    #expect(try state.tensor("weight").floats() == [0, 1, 2, 3])
  }

  @Test func typesWithoutAStorageOfTheirOwnAreRead() throws {
    #expect(try TensorFixture.open("uint16.pth").tensor("wide").dtype == .u16)
  }

  @Test func whatIsNoStateDictionaryIsRefused() {
    expectError(.unsupported, "'torch.nn.modules.linear.Linear'", "state_dict()") {
      _ = try TensorFixture.open("module.pth")
    }
    expectError(.unsupported, "'torch._utils._rebuild_sparse_tensor'") { _ = try TensorFixture.open("sparse.pth") }
  }

  @Test func roundTrips() throws {
    let folder = try TemporaryFolder()
    let tensors = try TensorFixture.open("state.pth").tensors()
    try TensorFileFormat.pytorch.write(tensors, to: folder("f.pth"))
    #expect(try TensorFileFormat.open(folder("f.pth")).tensors() == tensors)
    let float8 = try HostTensor(dtype: .f8e4m3, shape: [1], bytes: [0])
    expectError(.unsupported, "F8_E4M3") { try TensorFileFormat.pytorch.write(["x": float8], to: folder("g.pth")) }
    #expect(try folder.contents() == ["f.pth"])
  }

  /// An archive of PyTorch with this pickle and one storage of eight floats.
  private func archive(_ pickle: String) -> [UInt8] {
    var writer = ZipWriter(alignment: 64)
    writer.add("f/data.pkl", [Array(pickle.unicodeScalars).map { UInt8($0.value) }])
    writer.add("f/data/0", [[UInt8](repeating: 0, count: 32)])
    return Array(writer.finished().joined())
  }

  /// The pickle of `{"w": _rebuild_tensor_v2(storage, offset, shape, strides)}`.
  private func tensor(offset: String, shape: String, strides: String, count: String = "K\u{8}") -> String {
    "\u{80}\u{2}}X\u{1}\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\00"
      + "X\u{3}\0\0\0cpu\(count)tQ\(offset)\(shape)\(strides)tRs."
  }

  @Test func tensorsMustLieInTheirStorage() throws {
    let folder = try TemporaryFolder()
    func read(_ pickle: String) throws -> [String: HostTensor] { try TensorFixture.read(archive(pickle), in: folder) }
    #expect(try read(tensor(offset: "K\u{0}", shape: "K\u{8}\u{85}", strides: "K\u{1}\u{85}"))["w"]?.shape == [8])
    #expect(try read(tensor(offset: "K\u{7}", shape: "K\u{1}\u{85}", strides: "K\u{63}\u{85}"))["w"]?.shape == [1])
    let most = "\u{8a}\u{8}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{7f}"
    for (offset, shape, strides) in [
      ("K\u{1}", "K\u{8}\u{85}", "K\u{1}\u{85}"), ("K\u{0}", "K\u{8}\u{85}", "K\u{2}\u{85}"),
      ("K\u{0}", "K\u{2}K\u{2}\u{86}", "K\u{1}\u{85}"), ("J\u{ff}\u{ff}\u{ff}\u{ff}", "K\u{1}\u{85}", "K\u{1}\u{85}"),
      ("K\u{2}", "K\u{2}\u{85}", "J\u{ff}\u{ff}\u{ff}\u{ff}\u{85}"), (most, "K\u{1}\u{85}", "K\u{1}\u{85}"),
      ("K\u{0}", "\(most)\u{85}", "K\u{1}\u{85}"), ("K\u{0}", "\(most)\u{85}", "\(most)\u{85}"),
      ("K\u{0}", "\(most)\(most)\u{86}", "K\u{0}K\u{0}\u{86}"),
      ("K\u{0}", "J\u{ff}\u{ff}\u{ff}\u{ff}\u{85}", "K\u{1}\u{85}"),
    ] {
      expectError(.malformed, "'w'") { _ = try read(tensor(offset: offset, shape: shape, strides: strides)) }
    }
    // One element that is to be seen as 2^40 takes no memory before it is refused.
    let many = "\u{8a}\u{6}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{85}"
    expectError(.tooLarge, "memory") { _ = try read(tensor(offset: "K\u{0}", shape: many, strides: "K\u{0}\u{85}")) }
    expectError(.malformed, "too few for 9") {
      _ = try read(tensor(offset: "K\u{0}", shape: "K\u{8}\u{85}", strides: "K\u{1}\u{85}", count: "K\u{9}"))
    }
  }

  @Test(arguments: [
    ("cos\nsystem\nX\u{2}\0\0\0ls\u{85}R.", "'os.system'"),
    ("\u{80}\u{4}\u{8c}\u{2}os\u{8c}\u{6}system\u{93}.", "'os.system'"),
    ("cbuiltins\neval\nX\u{1}\0\0\01\u{85}R.", "'builtins.eval'"), ("(ios\nsystem\n.", "opcode 0x69"),
    ("(cos\nsystem\no.", "'os.system'"), ("\u{82}\u{1}.", "opcode 0x82"), ("P1\n.", "opcode 0x50"),
  ])
  func nothingIsCalled(pickle: String, words: String) throws {
    let folder = try TemporaryFolder()
    expectError(.unsupported, words) { _ = try TensorFixture.read(archive(pickle), in: folder) }
  }

  @Test(arguments: [
    "", ".", "N.", "(.", "N", "0.", "1.", "2.", "t.", "R.", "NNR.", "}a.", "}NNs", "Na.", "(NNe.", "h\u{1}.", "g1\n.",
    "X\u{ff}\u{ff}\u{ff}\u{ff}w.", "\u{8d}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}.", "\u{85}.", "Ix\n.",
    "F\n.",
    "\u{80}\u{6}.", "(0.", "b.", "Q.", "]\u{94}h\u{0}a.", "}q\u{0}X\u{5}\0\0\0modelh\u{0}s.", "\u{8a}\u{ff}.",
    "\u{93}.",
  ])
  func picklesThatAreWrongAreRefused(pickle: String) throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataError.self) { _ = try TensorFixture.read(archive(pickle), in: folder) }
  }

  /// Neither depth nor repetition costs more than the pickle is long.
  @Test func picklesThatExplodeAreRefused() throws {
    let folder = try TemporaryFolder()
    let deep = String(repeating: "N\u{85}", count: 100_000) + "."
    expectError(.unsupported, "no dictionary") { _ = try TensorFixture.read(archive("N" + deep), in: folder) }
    let many = String(repeating: "]", count: PickleMachine.sizeLimit + 1)
    expectError(.tooLarge, "1000000 objects") { _ = try TensorFixture.read(archive(many), in: folder) }
    // Each list holds the one before twice.
    let doubled = "]" + String(repeating: "q\u{0}]h\u{0}ah\u{0}a", count: 1000) + "."
    expectError(.unsupported, "no dictionary") { _ = try TensorFixture.read(archive(doubled), in: folder) }
    // A list of pairs that many dictionaries are made from.
    let pairs = "](" + String(repeating: "N", count: 100_000) + "e\u{85}q\u{0}"
    let copies = pairs + String(repeating: "ccollections\nOrderedDict\nh\u{0}R0", count: 100) + "."
    expectError(.tooLarge) { _ = try TensorFixture.read(archive(copies), in: folder) }
  }

  @Test func otherPicklesAreRefused() throws {
    let folder = try TemporaryFolder()
    expectError(.unsupported, "not a file of torch.save") {
      _ = try TensorFixture.read([0x80, 2, UInt8(ascii: "}"), UInt8(ascii: ".")], in: folder)
    }
    let legacy = try TensorFixture.bytes("legacy.pth")
    for part in stride(from: 2, to: legacy.count, by: 7).map({ Array(legacy[..<$0]) }) {
      #expect(throws: DataError.self) { _ = try TensorFixture.read(part, in: folder) }
    }
  }
}
