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
    #expect(dataset.train.pixels == Array(0..<12))
    #expect(dataset.train.labels == [0, 2, 1])
    #expect(dataset.test.labels == [3])
    #expect(dataset.classNames == ["0", "1", "2", "3"])
    #expect(dataset.normalization == Normalization(measuring: dataset.train))
  }

  @Test(arguments: ["digits", "folder"]) func theTestPartIsThatOfTheWhole(name: String) throws {
    let name = name == "folder" ? folder.path : name
    let (whole, part) = (try Dataset.load(name), try TestSet.load(name))
    #expect(part == TestSet(name: whole.name, classNames: whole.classNames, images: whole.test))
  }

  @Test func readsChannels() throws {
    let colored = try TemporaryFolder()
    try colored.write(.idx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), "train-images-idx4-ubyte")
    try colored.write(.idx([1], [0]), "train-labels-idx1-ubyte")
    try colored.write(.idx([0, 1, 2, 3], []), "t10k-images-idx4-ubyte")
    try colored.write(.idx([0], []), "t10k-labels-idx1-ubyte")
    let dataset = try Dataset.load(colored.path)
    #expect([dataset.train.imageRows, dataset.train.imageColumns, dataset.train.channels] == [1, 2, 3])
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

  @Test func namesTheMissingFile() throws {
    let empty = try TemporaryFolder()
    expectError(.notFound, empty.path, "train-images-idx3-ubyte") { _ = try Dataset.load(empty.path) }
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
    let dataset = try Dataset.load(kaggle.path)
    #expect(dataset.train.labels == [0, 2, 1])
    // The folders alone do too, and a file in them may have another of the names.
    for (name, _) in files { unlink(kaggle("\(name).idx\(name.hasSuffix("images") ? 3 : 1)-ubyte")) }
    #expect(try Dataset.load(kaggle.path) == dataset)
    unlink(kaggle("train-images-idx3-ubyte/train-images-idx3-ubyte"))
    try kaggle.write(images.gzipped(), "train-images-idx3-ubyte/train-images.idx3-ubyte.gz")
    #expect(try Dataset.load(kaggle.path) == dataset)
    unlink(kaggle("train-images-idx3-ubyte/train-images.idx3-ubyte.gz"))
    expectError(.notFound, "train-images-idx3-ubyte", "train-images.idx4-ubyte.gz", "in a folder of such a name") {
      _ = try Dataset.load(kaggle.path)
    }
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
