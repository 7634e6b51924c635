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
      return try fashionMNIST(folder: "/usr/share/datasets/fashion-mnist")
    case "digits":
      return try digits()
    default:
      guard FileSystem.isFolder(name) else {
        let known = knownNames.joined(separator: ", ")
        throw DataError(
          .notFound, name, "is neither a data set (\(known)) nor a folder with files named as MNIST's are")
      }
      return try folder(name)
    }
  }

  /// Zalando's Fashion-MNIST.
  static func fashionMNIST(folder: String) throws(DataError) -> Dataset {
    guard FileSystem.isFolder(folder) else {
      throw DataError(
        .notFound, folder, "Fashion-MNIST is not installed; run Tools/setup or apt-get install dataset-fashion-mnist")
    }
    return try Dataset(
      name: "fashion-mnist",
      classNames: [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
      ],
      train: MNISTFolder(folder).split(prefix: "train"), test: MNISTFolder(folder).split(prefix: "t10k"),
      normalization: Normalization(mean: 0.2860, standardDeviation: 0.3530))
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

  /// Any folder of MNIST's form; there are as many classes as the highest label asks for.
  private static func folder(_ path: String) throws(DataError) -> Dataset {
    let train = try MNISTFolder(path).split(prefix: "train")
    let test = try MNISTFolder(path).split(prefix: "t10k")
    let highest = max(train.labels.max() ?? 0, test.labels.max() ?? 0)
    return try Dataset(name: path, classNames: (0...Int(highest)).map(String.init), train: train, test: test)
  }

  private static func embedded(_ file: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>) -> [UInt8] {
    var count = 0
    let start = file(&count)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }
}
