import Testing

@testable import DeltaCLData

@Suite struct NumPyTests {
  private let counting = (0..<24).map(Float.init)

  @Test(arguments: ["float32.npy", "fortran.npy", "big-endian.npy"])
  func ordersOfAxesAndBytesAreResolved(file: String) throws {
    let array = try TensorFixture.open(file)
    #expect(array.format == .npy)
    let name = String(file.dropLast(4))
    #expect(array.names == [name])
    #expect(try array.form(of: name).shape == [2, 3, 4])
    #expect(try array.tensor(name).floats() == counting)
  }

  @Test func versionsAreRead() throws {
    for name in ["version2", "version3"] {
      #expect(try TensorFixture.open("\(name).npy").tensor(name).int32s() == [0, 1, 2])
    }
    let scalar = try TensorFixture.open("scalar.npy").tensor("scalar")
    #expect(scalar.shape == [])
    #expect(try scalar.floats() == [2.5])
  }

  @Test(arguments: ["stored.npz", "deflated.npz"]) func archivesAreRead(file: String) throws {
    let archive = try TensorFixture.open(file)
    #expect(archive.format == .npz)
    #expect(archive.names == ["empty", "flags", "half", "labels", "x"])
    #expect(try archive.tensor("x").floats() == counting)
    #expect(try archive.tensor("labels").int32s() == [0, 1, 2, 3, 4])
    #expect(try archive.tensor("half").floats() == [0, 1, 2, 3])
    #expect(try archive.tensor("flags").int32s() == [1, 0])
    #expect(try archive.tensor("empty").shape == [0, 3])
    expectError(.notFound, "has no tensor 'y'", "empty, flags, half, labels, x") { _ = try archive.tensor("y") }
  }

  @Test func otherContentsAreRefused() {
    expectError(.unsupported, "Python objects") { _ = try TensorFixture.open("objects.npy") }
    expectError(.unsupported, "records") { _ = try TensorFixture.open("records.npy") }
  }

  /// The header of NumPy for the same array is the same, byte for byte.
  @Test func writesWhatNumPyWrites() throws {
    let folder = try TemporaryFolder()
    let tensor = try HostTensor(floats: counting, shape: [2, 3, 4])
    try TensorFileFormat.npy.write(["x": tensor], to: folder("x.npy"))
    #expect(try FileSystem.read(folder("x.npy")) == TensorFixture.bytes("float32.npy"))
    try TensorFileFormat.npy.write(["x": HostTensor(floats: [2.5], shape: [])], to: folder("x.npy"))
    #expect(try FileSystem.read(folder("x.npy")) == TensorFixture.bytes("scalar.npy"))
    expectError(.mismatch, "npz") { try TensorFileFormat.npy.write([:], to: folder("y.npy")) }
    let float8 = try HostTensor(dtype: .f8e4m3, shape: [1], bytes: [0])
    expectError(.unsupported, "F8_E4M3") { try TensorFileFormat.npz.write(["x": float8], to: folder("y.npz")) }
    #expect(try folder.contents() == ["x.npy"])
  }

  @Test func archivesRoundTrip() throws {
    let folder = try TemporaryFolder()
    var tensors = try TensorFixture.open("stored.npz").tensors()
    tensors["läyer.0/weight"] = try HostTensor(int64: -3)
    try TensorFileFormat.npz.write(tensors, to: folder("f.npz"))
    #expect(try TensorFileFormat.open(folder("f.npz")).tensors() == tensors)
    try TensorFileFormat.npz.write([:], to: folder("empty.npz"))
    #expect(try TensorFileFormat.open(folder("empty.npz")).names.isEmpty)
  }

  private func npy(_ header: String, data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    var bytes = NPYHeader.magic + [version, 0]
    bytes.append(littleEndian: UInt16(header.utf8.count))
    return bytes + Array(header.utf8) + data
  }

  @Test(arguments: [
    ("(9223372036854775807, 2)", DataError.Code.tooLarge), ("(4294967296, 4294967296, 0)", .tooLarge),
    ("(2,)", .truncated), ("()", .truncated), ("(0,)", .malformed), ("(-1,)", .malformed), ("(1.0,)", .malformed),
    ("(99999999999999999999,)", .malformed), ("(1", .malformed), ("1", .malformed), ("None", .malformed),
  ])
  func shapesThatLieAreRefused(shape: String, code: DataError.Code) throws {
    let folder = try TemporaryFolder()
    // Two bytes: too few for one float, too many for none.
    let file = npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }", data: [0, 0])
    expectError(code, "f:") { _ = try TensorFixture.read(file, in: folder) }
  }

  @Test func headersThatAreNoneAreRefused() throws {
    let folder = try TemporaryFolder()
    for header in [
      "", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
      "{'descr': [[[[[[[[[", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}",
    ] {
      expectError(.malformed, "header") { _ = try TensorFixture.read(npy(header), in: folder) }
    }
    let whole = "{'descr': '<f4', 'fortran_order': False, 'shape': ()}"
    expectError(.unsupported, "version 4") { _ = try TensorFixture.read(npy(whole, version: 4), in: folder) }
    for type in ["<f16", "<U4", "<M8[s]", "f", ""] {
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': ()}"
      expectError(.unsupported, "element type") { _ = try TensorFixture.read(npy(header), in: folder) }
    }
  }
}
