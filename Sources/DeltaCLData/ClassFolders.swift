import DeltaCLSystem

/// A folder with a folder of images for each class, `CLASS/IMAGE`, or with such folders for training and testing, as
/// `train/CLASS/IMAGE` and `val/CLASS/IMAGE`.
///
/// Hidden files and what is not named as images are do not count; folders in a class's folder belong to the class.
struct ClassFolders {
  private let path: String
  /// The names of the folders for training, for validation while training, and for testing, where there are any.
  private let parts: (train: String?, validation: String?, test: String?)

  /// Folders in folders that are looked into.
  private static let depthLimit = 16
  private static let validationNames = ["val", "valid", "validation"]

  /// Nil if the folder holds no folder.
  ///
  /// - Throws: `DataError` when it cannot be read.
  init?(_ path: String) throws(DataError) {
    let names = try Self.folders(in: path)
    if names.isEmpty { return nil }
    self.path = path
    // A class may be called "train", of locomotives.
    let others = names.filter((Self.validationNames + ["test"]).contains)
    let hasParts = names.contains("train") && (!others.isEmpty || names.count == 1)
    parts =
      hasParts
      ? ("train", Self.validationNames.first(where: names.contains), names.contains("test") ? "test" : nil)
      : (nil, nil, nil)
  }

  /// The whole data set.
  func dataset(_ validation: ValidationSplit) throws(DataError) -> Dataset {
    let root = parts.train.map { "\(path)/\($0)" } ?? path
    let classNames = try Self.classNames(in: root)
    let images = try Self.images(in: root, classNames: classNames)
    if let name = parts.validation ?? parts.test {
      let test = try Self.images(in: "\(path)/\(name)", classNames: classNames)
      return try Dataset(name: path, classNames: classNames, train: images, test: test)
    }
    let (train, test) = validation.parts(of: images)
    return try Dataset(name: path, classNames: classNames, train: train, test: test, validation: validation)
  }

  /// The part to test a trained model on.
  ///
  /// - Parameter known: The classes of the model, whose order is kept if it knows all of those here.
  func testSet(_ validation: ValidationSplit, known: [String]?) throws(DataError) -> TestSet {
    let root = parts.train.map { "\(path)/\($0)" } ?? path
    let found = try Self.classNames(in: root, least: known == nil ? 2 : 1)
    let classNames = known.flatMap { Set(found).isSubset(of: $0) ? $0 : nil } ?? found
    if let name = parts.test ?? parts.validation {
      return TestSet(
        name: path, classNames: classNames, images: try Self.images(in: "\(path)/\(name)", classNames: classNames))
    }
    let images = try Self.images(in: root, classNames: classNames)
    return TestSet(name: path, classNames: classNames, images: validation.parts(of: images).test)
  }

  private static func classNames(in root: String, least: Int = 2) throws(DataError) -> [String] {
    let names = try folders(in: root)
    guard names.count >= least else {
      throw DataError(
        .malformed, root,
        "has \(names.isEmpty ? "no folder of a class" : "one class alone, \(Excerpt.quoted(names[0]))"); put the images of each "
          + "class into a folder of its own")
    }
    return names
  }

  private static func images(in root: String, classNames: [String]) throws(DataError) -> ImageFiles {
    let labels = Dictionary(zip(classNames, (0 as Int32)...), uniquingKeysWith: { first, _ in first })
    var names: [String] = []
    var classes: [Int32] = []
    for folder in try folders(in: root) {
      guard let label = labels[folder] else {
        throw DataError(
          .mismatch, "\(root)/\(folder)", "is a class that is not trained; the classes are \(Excerpt.list(classNames))")
      }
      let found = try imageNames(below: folder, in: root, depth: 1)
      guard !found.isEmpty else {
        throw DataError(
          .malformed, "\(root)/\(folder)",
          "has no image (\(Image.fileExtensions.joined(separator: ", "))); add some or remove the folder")
      }
      names += found
      classes += Array(repeating: label, count: found.count)
    }
    return try ImageFiles(folder: root, names: names, labels: classes)
  }

  /// The paths of images in a folder and those inside it, in the order of their names.
  private static func imageNames(below folder: String, in root: String, depth: Int) throws(DataError) -> [String] {
    guard depth <= depthLimit else {
      throw DataError(
        .unsupported, "\(root)/\(folder)", "lies more than \(depthLimit) folders deep; is it a circle of links?")
    }
    var found: [String] = []
    for name in try FileSystem.visibleNames(in: "\(root)/\(folder)") {
      let path = "\(folder)/\(name)"
      if Image.isNamedAsImage(name) {
        found.append(path)
      } else if FileSystem.isFolder("\(root)/\(path)") {
        found += try imageNames(below: path, in: root, depth: depth + 1)
      }
    }
    return found
  }

  private static func folders(in path: String) throws(DataError) -> [String] {
    try FileSystem.visibleNames(in: path).filter { FileSystem.isFolder("\(path)/\($0)") }
  }
}

extension FileSystem {
  /// The names in a folder that are not hidden, in their order.
  ///
  /// - Throws: `DataError` when the folder cannot be read.
  static func visibleNames(in folder: String) throws(DataError) -> [String] {
    try requireReadable(folder: folder)
    return names(in: folder).filter { $0.utf8.first != UInt8(ascii: ".") }.sorted()
  }
}
