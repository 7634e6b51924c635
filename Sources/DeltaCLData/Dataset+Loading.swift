import DeltaCLDigits

extension Dataset {
  /// The names that `load` knows besides folders.
  public static let knownNames = ["fashion-mnist", "digits"]

  /// Loads a data set.
  ///
  /// - Parameter name: `fashion-mnist` (60,000 + 10,000 images of 28x28, from Debian's dataset-fashion-mnist),
  ///   `digits` (1,437 + 360 images of 8x8, part of this library), or a folder with files named as MNIST's are;
  ///   write `./digits` for a folder of a known name.
  /// - Throws: `DataError` that names the file at fault and what to do.
  public static func load(_ name: String) throws(DataError) -> Dataset {
    switch name {
    case "fashion-mnist":
      return try fashionMNIST(fashionMNISTFolder())
    case "digits":
      return try digits()
    default:
      let folder = try mnistFolder(name)
      let train = try folder.split(prefix: "train")
      let test = try folder.split(prefix: "t10k")
      return try Dataset(
        name: name, classNames: classNames(of: [train.labels, test.labels]), train: train, test: test)
    }
  }

  /// Zalando's Fashion-MNIST.
  static func fashionMNIST(_ folder: MNISTFolder) throws(DataError) -> Dataset {
    try Dataset(
      name: "fashion-mnist", classNames: fashionMNISTClasses, train: folder.split(prefix: "train"),
      test: folder.split(prefix: "t10k"), normalization: Normalization(mean: 0.2860, standardDeviation: 0.3530))
  }

  /// The classes of Zalando's Fashion-MNIST.
  static let fashionMNISTClasses = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]

  /// The folder of Fashion-MNIST.
  static func fashionMNISTFolder(
    _ path: String = "/usr/share/datasets/fashion-mnist"
  ) throws(DataError) -> MNISTFolder {
    guard FileSystem.isFolder(path) else {
      throw DataError(
        .notFound, path, "Fashion-MNIST is not installed; run Tools/setup or apt-get install dataset-fashion-mnist")
    }
    return MNISTFolder(path)
  }

  /// A folder with files named as MNIST's are.
  static func mnistFolder(_ path: String) throws(DataError) -> MNISTFolder {
    guard FileSystem.isFolder(path) else {
      let known = knownNames.joined(separator: ", ")
      throw DataError(
        .notFound, path, "is neither a data set (\(known)) nor a folder with files named as MNIST's are")
    }
    return MNISTFolder(path)
  }

  /// The names of as many classes as the highest label asks for.
  static func classNames(of labels: [[UInt8]]) -> [String] {
    (0...Int(labels.compactMap { $0.max() }.max() ?? 0)).map(String.init)
  }

  /// The UCI digits, in the order of their file; every fifth is for testing, so that all writers are in both parts.
  private static func digits() throws(DataError) -> Dataset {
    let images = try IDX(bytes: embedded(deltacl_digits_images), name: "digits")
    let labels = try IDX(bytes: embedded(deltacl_digits_labels), name: "digits")
    let (rows, columns) = (images.dimensions[1], images.dimensions[2])
    let size = rows * columns
    func split(_ indices: [Int]) throws(DataError) -> Split {
      try Split(
        name: "digits", count: indices.count, imageRows: rows, imageColumns: columns, channels: 1,
        pixels: indices.flatMap { images.elements[$0 * size..<($0 + 1) * size] },
        labels: indices.map { labels.elements[$0] }, pixelMaximum: 16)
    }
    let indices = Array(0..<images.dimensions[0])
    return try Dataset(
      name: "digits", classNames: (0...9).map(String.init),
      train: split(indices.filter { $0 % 5 != 0 }), test: split(indices.filter { $0 % 5 == 0 }))
  }

  private static func embedded(_ file: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>) -> [UInt8] {
    var count = 0
    let start = file(&count)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }
}
