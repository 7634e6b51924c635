import DeltaCLSystem

/// A table of images as comma-separated values: the path of each, from the table's folder on, the name of its class and, if there
/// is a third column, whether it is to train or to test on.
struct ImageTable {
  private let path: String
  private let names: [String]
  private let classes: [String]
  /// `train`, `val` or `test` for each image; empty without the column.
  private let parts: [String]

  private static let headers = ["path", "file", "filename", "file_name", "image", "image_path"]
  private static let partNames = [
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test",
  ]

  /// Whether a path is that of a table.
  static func isTable(_ path: String) -> Bool {
    NativePath.hasEnding(path, ".csv") && !FileSystem.isFolder(path)
  }

  /// - Throws: `DataError` when the file cannot be read or is no such table.
  init(contentsOf path: String) throws(DataError) {
    let bytes = try FileSystem.read(path, limit: 1 << 30)
    try GitLFS.refusePointer(bytes, name: path)
    var scanner = CSVScanner(bytes, name: path)
    var (names, classes, parts): ([String], [String], [String]) = ([], [], [])
    var isFirst = true
    while let fields = try scanner.record() {
      defer { isFirst = false }
      if isFirst, Self.headers.contains(String(decoding: fields[0], as: UTF8.self).lowercased()) { continue }
      guard fields.count == 2 || fields.count == 3, !fields[0].isEmpty, !fields[1].isEmpty else {
        throw DataError(
          .malformed, path,
          "line \(scanner.line) has \(fields.count) fields, or empty ones; a line is PATH,CLASS or PATH,CLASS,PART")
      }
      names.append(NativePath.text(fields[0]))
      classes.append(String(decoding: fields[1], as: UTF8.self))
      guard fields.count == 3 else { continue }
      let word = String(decoding: fields[2], as: UTF8.self)
      guard let part = Self.partNames[word.lowercased()] else {
        throw DataError(
          .malformed, path, "line \(scanner.line) has the part \(Excerpt.quoted(word)); it is train, val or test")
      }
      parts.append(part)
    }
    guard parts.isEmpty || parts.count == names.count else {
      throw DataError(
        .malformed, path,
        "\(parts.count) of \(names.count) images have a part (train, val or test); give it to all or to none")
    }
    self.path = path
    self.names = names
    self.classes = classes
    self.parts = parts
  }

  /// The whole data set.
  func dataset(_ validation: ValidationSplit) throws(DataError) -> Dataset {
    let classNames = try classNames(least: 2)
    let images = try images(classNames)
    guard !parts.isEmpty else {
      let (train, test) = validation.parts(of: images)
      return try Dataset(name: path, classNames: classNames, train: train, test: test, validation: validation)
    }
    let testPart = parts.contains("val") ? "val" : "test"
    return try Dataset(
      name: path, classNames: classNames, train: images.selecting { parts[$0] == "train" },
      test: images.selecting { parts[$0] == testPart })
  }

  /// The part to test a trained model on.
  ///
  /// - Parameter known: The classes of the model, whose order is kept if it knows all of those here.
  func testSet(_ validation: ValidationSplit, known: [String]?) throws(DataError) -> TestSet {
    let found = try classNames(least: known == nil ? 2 : 1)
    let classNames = known.flatMap { Set(found).isSubset(of: $0) ? $0 : nil } ?? found
    let images = try images(classNames)
    let testPart = parts.contains("test") ? "test" : "val"
    return TestSet(
      name: path, classNames: classNames,
      images: parts.isEmpty ? validation.parts(of: images).test : images.selecting { parts[$0] == testPart })
  }

  private func images(_ classNames: [String]) throws(DataError) -> ImageFiles {
    let labels = Dictionary(zip(classNames, (0 as Int32)...), uniquingKeysWith: { first, _ in first })
    return try ImageFiles(
      folder: NativePath.folder(of: path), names: names, labels: classes.compactMap { labels[$0] })
  }

  /// The names of the classes in order, of numbers in that of their values.
  private func classNames(least: Int) throws(DataError) -> [String] {
    let found = Set(classes)
    guard found.count >= least else {
      throw DataError(
        .malformed, path,
        found.first.map { "has one class alone, \(Excerpt.quoted($0)); at least two are told apart" }
          ?? "has no line PATH,CLASS; add some")
    }
    let numbers = found.compactMap { Int($0) }
    return numbers.count == found.count ? found.sorted { Int($0) ?? 0 < Int($1) ?? 0 } : found.sorted()
  }
}
