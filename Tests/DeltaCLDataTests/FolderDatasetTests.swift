import Glibc
import Testing

@testable import DeltaCLData

@Suite struct FolderDatasetTests {
  let folder: TemporaryFolder
  let images = [UInt8].idx([3, 2, 2], Array(0..<12))
  let labels = [UInt8].idx([3], [0, 2, 1])
  let testImages = [UInt8].idx([1, 2, 2], [9, 9, 9, 9])
  let testLabels = [UInt8].idx([1], [3])

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(images, "train-images-idx3-ubyte")
    try folder.write(labels.gzipped(), "train-labels-idx1-ubyte.gz")
    try folder.write(testImages.gzipped(), "t10k-images.idx3-ubyte.gz")
    try folder.write(testLabels, "t10k-labels.idx1-ubyte")
  }

  @Test func readsPlainCompressedAndDottedNames() throws {
    let dataset = try Dataset.load(folder.path)
    #expect(dataset.train.count == 3)
    #expect(try dataset.trainSplit.pixels == Array(0..<12))
    #expect(try dataset.trainSplit.labels == [0, 2, 1])
    #expect(try dataset.testSplit.labels == [3])
    #expect(dataset.classNames == ["0", "1", "2", "3"])
    #expect(try dataset.normalization(channels: 1) == Normalization(measuring: dataset.train, channels: 1))
  }

  @Test(arguments: ["digits", "folder"]) func theTestPartIsThatOfTheWhole(name: String) throws {
    let name = name == "folder" ? folder.path : name
    let (whole, part) = (try Dataset.load(name), try TestSet.load(name))
    #expect(part.name == whole.name && part.classNames == whole.classNames)
    #expect(try part.images as? Split == whole.testSplit)
  }

  @Test func readsChannels() throws {
    let colored = try TemporaryFolder()
    try colored.write(.idx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), "train-images-idx4-ubyte")
    try colored.write(.idx([1], [0]), "train-labels-idx1-ubyte")
    try colored.write(.idx([0, 1, 2, 3], []), "t10k-images-idx4-ubyte")
    try colored.write(.idx([0], []), "t10k-labels-idx1-ubyte")
    let dataset = try Dataset.load(colored.path)
    let train = try dataset.trainSplit
    #expect([train.imageRows, train.imageColumns, train.channels] == [1, 2, 3])
    #expect(dataset.test.count == 0)
  }

  @Test func namesBothFilesWhoseCountsDiffer() throws {
    try folder.write(.idx([2], [0, 1]), "t10k-labels.idx1-ubyte")
    expectError(.mismatch, "t10k-images.idx3-ubyte.gz", "1 images", "t10k-labels.idx1-ubyte", "2 labels") {
      _ = try Dataset.load(folder.path)
    }
  }

  @Test func refusesTruncatedFiles() throws {
    try folder.write(images.dropLast(), "train-images-idx3-ubyte")
    expectError(.truncated, "train-images-idx3-ubyte") { _ = try Dataset.load(folder.path) }
  }

  @Test func refusesLabelsInPlaceOfImages() throws {
    try folder.write(labels, "train-images-idx3-ubyte")
    expectError(.mismatch, "train-images-idx3-ubyte", "rank 1") { _ = try Dataset.load(folder.path) }
    try folder.write(images, "train-images-idx3-ubyte")
    try folder.write(images.gzipped(), "train-labels-idx1-ubyte.gz")
    expectError(.mismatch, "train-labels-idx1-ubyte.gz", "rank 3") { _ = try Dataset.load(folder.path) }
  }

  @Test func refusesNoTrainingImages() throws {
    try folder.write(.idx([0, 2, 2], []), "train-images-idx3-ubyte")
    try folder.write([UInt8].idx([0], []).gzipped(), "train-labels-idx1-ubyte.gz")
    expectError(.malformed, folder.path, "no training image") { _ = try Dataset.load(folder.path) }
  }

  @Test func refusesPartsOfDifferentSize() throws {
    try folder.write([UInt8].idx([1, 1, 1], [9]).gzipped(), "t10k-images.idx3-ubyte.gz")
    expectError(.mismatch, "2x2x1", "1x1x1") { _ = try Dataset.load(folder.path) }
  }

  @Test func refusesImagesWithoutPixels() throws {
    try folder.write(.idx([3, 0, 2], []), "train-images-idx3-ubyte")
    expectError(.malformed, "train-images-idx3-ubyte") { _ = try Dataset.load(folder.path) }
  }

  @Test func saysWhatItLooksFor() throws {
    let empty = try TemporaryFolder()
    expectError(.notFound, empty.path, "folders of classes", "train-images-idx3-ubyte", "data_batch_1.bin") {
      _ = try Dataset.load(empty.path)
    }
  }

  @Test func readsWhatKaggleUnpacks() throws {
    let kaggle = try TemporaryFolder()
    let files: [(name: String, bytes: [UInt8])] = [
      ("train-images", images), ("train-labels", labels), ("t10k-images", testImages), ("t10k-labels", testLabels),
    ]
    for (name, bytes) in files {
      let rank = name.hasSuffix("images") ? 3 : 1
      try FileSystem.createFolder(kaggle("\(name)-idx\(rank)-ubyte"))
      try kaggle.write(bytes, "\(name)-idx\(rank)-ubyte/\(name)-idx\(rank)-ubyte")
      try kaggle.write(bytes, "\(name).idx\(rank)-ubyte")
    }
    let train = try Dataset.load(kaggle.path).trainSplit
    #expect(train.labels == [0, 2, 1])
    // The folders alone do too, and a file in them may have another of the names.
    for (name, _) in files { unlink(kaggle("\(name).idx\(name.hasSuffix("images") ? 3 : 1)-ubyte")) }
    #expect(try Dataset.load(kaggle.path).trainSplit == train)
    unlink(kaggle("train-images-idx3-ubyte/train-images-idx3-ubyte"))
    try kaggle.write(images.gzipped(), "train-images-idx3-ubyte/train-images.idx3-ubyte.gz")
    #expect(try Dataset.load(kaggle.path).trainSplit == train)
    unlink(kaggle("train-images-idx3-ubyte/train-images.idx3-ubyte.gz"))
    expectError(.notFound, "train-images-idx3-ubyte", "train-images.idx4-ubyte.gz", "in a folder of such a name") {
      _ = try Dataset.load(kaggle.path)
    }
  }

  /// EMNIST's images are stored column by column, and its classes have characters.
  @Test func readsWhatTorchvisionAndEMNISTPlace() throws {
    let root = try TemporaryFolder()
    try FileSystem.createFolder(root("EMNIST/raw"))
    for part in ["train", "test"] {
      let stem = "EMNIST/raw/emnist-letters-\(part)"
      try root.write(.idx([2, 2, 3], Array(1...12)), "\(stem)-images-idx3-ubyte")
      try root.write([UInt8].idx([2], [1, 2]).gzipped(), "\(stem)-labels-idx1-ubyte.gz")
    }
    try root.write(Array("1 65 97\n2 66 98\n".utf8), "EMNIST/raw/emnist-letters-mapping.txt")
    let letters = try Dataset.load(root.path)
    #expect(letters.classNames == ["0", "A", "B"])
    let train = try letters.trainSplit
    #expect([train.imageRows, train.imageColumns] == [3, 2])
    #expect(train.image(at: 0).pixels == [1, 4, 2, 5, 3, 6])
    #expect(try Dataset.load(root("EMNIST/raw/emnist-letters")).testSplit == letters.testSplit)
    #expect(try TestSet.load(root.path).classNames == letters.classNames)

    try root.write(.idx([1], [0]), "EMNIST/raw/emnist-digits-train-labels-idx1-ubyte")
    expectError(.unsupported, "several data sets", "EMNIST/raw/emnist-digits", "EMNIST/raw/emnist-letters") {
      _ = try Dataset.load(root.path)
    }
  }

  @Test(arguments: [("data_batch_", 10, 0), ("train", 100, 1)])
  func readsCIFAR(_ stem: String, _ classCount: Int, _ coarseCount: Int) throws {
    let root = try TemporaryFolder()
    let folder = classCount == 10 ? "cifar-10-batches-bin" : "cifar-100-binary"
    try FileSystem.createFolder(root(folder))
    func record(_ label: UInt8) -> [UInt8] {
      Array(repeating: 77, count: coarseCount) + [label]
        + (0..<3).flatMap { channel in (0..<1024).map { UInt8(($0 + 100 * channel) % 251) } }
    }
    let files = classCount == 10 ? (1...5).map { "\(stem)\($0).bin" } : ["train.bin"]
    for (index, file) in files.enumerated() { try root.write(record(UInt8(index)) + record(9), "\(folder)/\(file)") }
    let test = "\(folder)/\(classCount == 10 ? "test_batch" : "test").bin"
    try root.write(record(3), test)
    let dataset = try Dataset.load(root.path)
    #expect(dataset.classNames == (0..<classCount).map(String.init))
    let train = try dataset.trainSplit
    #expect(train.labels == files.indices.flatMap { [Int32($0), 9] })
    #expect([train.imageRows, train.imageColumns, train.channels] == [32, 32, 3])
    #expect(train.image(at: 1).pixels.prefix(6) == [0, 100, 200, 1, 101, 201])
    #expect(try TestSet.load(root(folder)).images as? Split == dataset.testSplit)

    try root.write(record(UInt8(classCount)), test)
    expectError(.outOfRange, "the label \(classCount) in record 0") { _ = try Dataset.load(root.path) }
    try root.write(record(3).dropLast(), test)
    expectError(.truncated, test) { _ = try Dataset.load(root.path) }
  }

  @Test func listsTheKnownNames() {
    expectError(.notFound, "mnits", "fashion-mnist", "digits") { _ = try Dataset.load("mnits") }
    expectError(.notFound) { _ = try Dataset.load("") }
  }

  @Test func saysHowToInstallFashionMNIST() {
    expectError(.notFound, "apt-get install dataset-fashion-mnist", "Tools/setup") {
      _ = try Dataset.fashionMNISTFolder(folder("missing"))
    }
  }

  @Test func refusesLabelsWithoutAClass() throws {
    try folder.write(.idx([1], [10]), "t10k-labels.idx1-ubyte")
    expectError(.outOfRange, "test label 10", "10 classes") { _ = try Dataset.fashionMNIST(MNISTFolder(folder.path)) }
  }
}
