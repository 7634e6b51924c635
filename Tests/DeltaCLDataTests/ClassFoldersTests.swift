import Glibc
import Testing

@testable import DeltaCLData

@Suite struct ClassFoldersTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Writes images of one pixel, whose value counts up from 0.
  private func write(_ count: Int, _ path: String, endings: [String] = ["pgm"]) throws {
    try FileSystem.createFolder(folder(path))
    for index in 0..<count {
      try folder.write(
        Array("P5 1 1 255\n".utf8) + [UInt8(index)], "\(path)/\(index).\(endings[index % endings.count])")
    }
  }

  private func files(_ images: any LabeledImages) throws -> ImageFiles {
    try #require(images as? ImageFiles)
  }

  @Test func classesAreFoldersInOrder() throws {
    try write(4, "zebra", endings: ["pgm", "PGM", "Png", "jpeg"])
    try write(2, "ant")
    try write(2, "ant/queens")
    try write(3, ".hidden")
    try folder.write([], "ant/.hidden.png")
    try folder.write([], "ant/notes.txt")
    try folder.write([], "README")
    let dataset = try Dataset.load(folder.path, validation: ValidationSplit(share: 0.5, seed: 3))
    #expect(dataset.classNames == ["ant", "zebra"])
    let (train, test) = (try files(dataset.train), try files(dataset.test))
    #expect(Set(train.names).isDisjoint(with: test.names))
    #expect(
      (train.names + test.names).sorted() == [
        "ant/0.pgm", "ant/1.pgm", "ant/queens/0.pgm", "ant/queens/1.pgm", "zebra/0.pgm", "zebra/1.PGM", "zebra/2.Png",
        "zebra/3.jpeg",
      ])
    for part in [train, test] {
      #expect(zip(part.names, part.labels).allSatisfy { name, label in name.hasPrefix("ant") == (label == 0) })
      #expect(part.labels.count { $0 == 0 } == 2 && part.count == 4)
    }
    let index = try #require(train.names.firstIndex { $0.hasPrefix("zebra") && !$0.hasPrefix("zebra/0") })
    #expect(try train.image(at: index).pixels[0] == UInt8(String(train.names[index].dropFirst(6).prefix(1))))
    #expect(try files(TestSet.load(folder.path, validation: #require(dataset.validation)).images) == test)
  }

  @Test func partsMayBeGiven() throws {
    for (part, count) in [("train", 3), ("valid", 2), ("test", 1)] {
      for name in ["a", "b"] { try write(count, "\(part)/\(name)") }
    }
    let dataset = try Dataset.load(folder.path)
    #expect((dataset.train.count, dataset.test.count) == (6, 4))
    #expect(dataset.validation == nil)
    #expect(try TestSet.load(folder.path).images.count == 2)

    try write(1, "valid/c")
    expectError(.mismatch, "valid/c", "not trained", "a, b") { _ = try Dataset.load(folder.path) }
  }

  @Test func trainAloneIsParted() throws {
    for name in ["a", "b", "c"] { try write(10, "train/\(name)") }
    let dataset = try Dataset.load(folder.path)
    #expect((dataset.train.count, dataset.test.count) == (24, 6))
    #expect(dataset.validation == .standard)
  }

  /// The order of a model's classes counts, not that of the folders that are there.
  @Test func testsFollowTheClassesOfAModel() throws {
    for name in ["b", "d"] { try write(2, name) }
    let all = try ValidationSplit(share: 1, seed: 1)
    let known = try TestSet.load(folder.path, validation: all, classNames: ["d", "c", "b"])
    #expect(known.classNames == ["d", "c", "b"])
    #expect(try files(known.images).labels == [2, 2, 0, 0])
    #expect(try TestSet.load(folder.path, validation: all, classNames: ["d"]).classNames == ["b", "d"])
  }

  @Test func thousandsOfClasses() throws {
    for name in 0..<1000 { try write(1, "\(name)") }
    let dataset = try Dataset.load(folder.path)
    #expect(dataset.classNames.count == 1000)
    #expect(try files(dataset.train).labels.max() == 999)
    // Each class keeps an image to train on.
    #expect(dataset.test.count == 0)
  }

  @Test func refusesWhatCannotBeTrainedOn() throws {
    try write(1, "one")
    expectError(.malformed, folder.path, "one class alone, 'one'") { _ = try Dataset.load(folder.path) }
    try FileSystem.createFolder(folder("two"))
    expectError(.malformed, folder("two"), "has no image", "png") { _ = try Dataset.load(folder.path) }
    #expect(symlink(folder("two"), folder("two/again")) == 0)
    expectError(.unsupported, "16 folders deep") { _ = try Dataset.load(folder.path) }
  }

  @Test func partsFollowFromNamesAndSeed() throws {
    func images(_ count: Int) throws -> ImageFiles {
      try ImageFiles(
        folder: "", names: (0..<count).map { "\($0 % 2)/\($0 / 2).png" }, labels: (0..<count).map { Int32($0 % 2) })
    }
    let split = try ValidationSplit(share: 0.3, seed: 5)
    let test = split.parts(of: try images(200)).test
    #expect(test.labels.count { $0 == 0 } == 30 && test.count == 60)
    // Neither the first images nor every third.
    #expect(Set(test.names.compactMap { Int($0.dropFirst(2).prefix { $0 != "." }) }).count { $0 < 30 } < 25)
    #expect(try ValidationSplit(share: 0.3, seed: 6).parts(of: images(200)).test != test)
    // Images that are added change few places.
    let more = split.parts(of: try images(220)).test
    #expect(Set(test.names).subtracting(more.names).count <= 6)
    for share in [-0.1, 1.1, .nan] {
      expectError(.outOfRange) { _ = try ValidationSplit(share: share, seed: 1) }
    }
  }
}
