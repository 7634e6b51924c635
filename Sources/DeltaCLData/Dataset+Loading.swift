import DeltaCLDigits

extension Dataset {
  /// The names that `load` knows besides folders.
  public static let knownNames = ["fashion-mnist", "digits"]

  /// Loads a data set.
  ///
  /// - Parameters:
  ///   - name: One of
  ///     - `fashion-mnist`: 60,000 + 10,000 images of 28x28, from Debian's dataset-fashion-mnist;
  ///     - `digits`: 1,437 + 360 images of 8x8, part of this library;
  ///     - a folder with a folder of images for each class, or with such folders in `train` and in `val`, `valid`, `validation`
  ///       or `test`; write `./digits` for a folder of a known name;
  ///     - a file whose name ends in `.csv`, with lines `PATH,CLASS` or `PATH,CLASS,PART`, where PART is `train`, `val` or
  ///       `test`, and a header or none;
  ///     - a folder with files named as those of MNIST, EMNIST (or the folder and the beginning of their names, such as
  ///       `emnist/emnist-letters`), or the binary version of CIFAR-10 or CIFAR-100, also as torchvision places them.
  ///   - validation: How class folders and tables that come in one piece are parted.
  /// - Throws: `DataError` that names the file at fault and what to do.
  public static func load(_ name: String, validation: ValidationSplit = .standard) throws(DataError) -> Dataset {
    switch try DatasetForm(name) {
    case .fashionMNIST:
      return try fashionMNIST(fashionMNISTFolder())
    case .digits:
      return try digits()
    case .idx(let folder):
      return try idx(folder, name: name)
    case .cifar(let folder):
      return try Dataset(name: name, classNames: folder.classNames, train: folder.train(), test: folder.test())
    case .classFolders(let folders):
      return try folders.dataset(validation)
    case .table(let path):
      return try ImageTable(contentsOf: path).dataset(validation)
    }
  }

  /// Files named as MNIST's are.
  private static func idx(_ folder: MNISTFolder, name: String) throws(DataError) -> Dataset {
    let train = try folder.split(MNISTFolder.trainPrefixes)
    let test = try folder.split(MNISTFolder.testPrefixes)
    guard train.sizeDescription == test.sizeDescription else {
      throw DataError(
        .mismatch, name,
        "trains on images of \(train.sizeDescription) and tests on \(test.sizeDescription); sizes must agree")
    }
    return try Dataset(
      name: name, classNames: folder.classNames(of: [train.labels, test.labels]), train: train, test: test)
  }

  /// Zalando's Fashion-MNIST.
  static func fashionMNIST(_ folder: MNISTFolder) throws(DataError) -> Dataset {
    try Dataset(
      name: "fashion-mnist", classNames: fashionMNISTClasses, train: folder.split(MNISTFolder.trainPrefixes),
      test: folder.split(MNISTFolder.testPrefixes),
      normalization: Normalization(mean: 0.2860, standardDeviation: 0.3530))
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
        labels: indices.map { Int32(labels.elements[$0]) }, pixelMaximum: 16)
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

extension Split {
  /// Rows x columns x channels, for messages.
  fileprivate var sizeDescription: String { "\(imageRows)x\(imageColumns)x\(channels)" }
}
