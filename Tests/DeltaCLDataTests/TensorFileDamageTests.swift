import Testing

@testable import DeltaCLData

/// Files of every format, damaged at random or on every byte, are read or refused by a `DataError`.
@Suite struct TensorFileDamageTests {
  @Test(arguments: [
    "state.pth", "legacy.pth", "nested.pth", "stored.npz", "deflated.npz", "fortran.npy", "big-endian.npy",
    "version2.npy",
  ])
  func damageIsSurvived(file: String) throws {
    let folder = try TemporaryFolder()
    for damaged in try TensorFixture.bytes(file).mutations(300, seed: 5) {
      _ = expectValueOrError { try TensorFixture.read(damaged, in: folder, name: file) }
    }
  }

  @Test(arguments: ["fortran.npy", "scalar.npy"]) func corruptionIsSurvived(file: String) throws {
    let folder = try TemporaryFolder()
    for damaged in try TensorFixture.bytes(file).corruptions(upTo: 130) {
      _ = expectValueOrError { try TensorFixture.read(damaged, in: folder, name: file) }
    }
  }

  /// Damage behind right checksums, as somebody would do it who means to.
  @Test(arguments: [("state.pth", "data.pkl"), ("nested.pth", "data.pkl"), ("stored.npz", "x.npy")])
  func damagedMembersAreSurvived(file: String, member: String) throws {
    let folder = try TemporaryFolder()
    let archive = try ZipArchive(InputFile(TensorFixture.path(file)))
    let members = try archive.members.map { ($0.name, try archive.read($0)) }
    let damaged = try #require(members.first { $0.0.hasSuffix(member) })
    for bytes in damaged.1.mutations(300, seed: 7) {
      var writer = ZipWriter(alignment: 64)
      for (name, content) in members { writer.add(name, [name == damaged.0 ? bytes : content]) }
      _ = expectValueOrError { try TensorFixture.read(Array(writer.finished().joined()), in: folder, name: file) }
    }
  }
}
