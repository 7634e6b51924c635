import DeltaCLSystem

/// A folder with files named as MNIST's are: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k` or
/// `test`, each plain or with `.gz`, or with a dot as in `train-images.idx3-ubyte`.
///
/// A file may also lie in a folder of such a name, as some programs unpack archives. The files may have a common prefix, as those of
/// EMNIST: `emnist-letters-train-images-idx3-ubyte`.
struct MNISTFolder {
  /// Where torchvision puts the files of its data sets, below the folder that it is given.
  private static let usualPlaces = ["raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "EMNIST/raw"]
  static let trainPrefixes = ["train"]
  static let testPrefixes = ["t10k", "test"]

  private let path: String
  /// What comes before the names of MNIST's files.
  private let prefix: String

  init(_ path: String, prefix: String = "") {
    self.path = path
    self.prefix = prefix
  }

  /// Finds the files at `path`, a folder, or a folder and the prefix of their names; `nil` if there are none.
  ///
  /// - Throws: `DataError` (`unsupported`) when there are those of several data sets.
  static func find(_ path: String) throws(DataError) -> MNISTFolder? {
    guard FileSystem.isFolder(path) else {
      let (folder, name) = (NativePath.folder(of: path), NativePath.name(of: path))
      return prefixes(in: folder).contains(name + "-") ? MNISTFolder(folder, prefix: name + "-") : nil
    }
    var found: [MNISTFolder] = []
    for folder in [path] + usualPlaces.map({ "\(path)/\($0)" }) {
      found += prefixes(in: folder).map { MNISTFolder(folder, prefix: $0) }
    }
    // Files of MNIST's own names come before others beside them.
    if let first = found.first, found.count == 1 || first.prefix.isEmpty && first.path == path { return first }
    guard found.isEmpty else {
      let names = found.map { $0.prefix.isEmpty ? $0.path : "\($0.path)/\($0.prefix.dropLast())" }
      throw DataError(.unsupported, path, "holds several data sets; name one of \(Excerpt.list(names))")
    }
    return nil
  }

  /// What comes before `train-images-idx` or `train-labels-idx` in the names of a folder, in order.
  private static func prefixes(in folder: String) -> [String] {
    Set(
      FileSystem.names(in: folder).compactMap { name in
        name.firstMatch(of: /train-(images|labels)[-.]idx/).map { String(name[..<$0.range.lowerBound]) }
      }
    ).sorted()
  }

  /// Reads images and labels.
  ///
  /// - Parameter prefixes: What their names may begin with, ``trainPrefixes`` or ``testPrefixes``.
  func split(_ prefixes: [String]) throws(DataError) -> Split {
    let imageFile = try file(prefixes.map { "\(prefix)\($0)-images" }, ranks: [3, 4])
    let labelFile = try file(prefixes.map { "\(prefix)\($0)-labels" }, ranks: [1])
    // The headers show whether the files belong together before memory is taken.
    let images = try IDX.dimensions(contentsOf: imageFile)
    let labels = try IDX.dimensions(contentsOf: labelFile)
    guard images.count >= 3 else {
      throw DataError(.mismatch, imageFile, "holds an array of rank \(images.count) where images are needed")
    }
    guard labels.count == 1 else {
      throw DataError(.mismatch, labelFile, "holds an array of rank \(labels.count) where labels are needed")
    }
    guard images[0] == labels[0] else {
      throw DataError(
        .mismatch, imageFile,
        "has \(images[0]) images and \(labelFile) \(labels[0]) labels; get the files again")
    }
    let channels = images.count == 4 ? images[3] : 1
    var pixels = try IDX(contentsOf: imageFile).elements
    var (rows, columns) = (images[1], images[2])
    if isColumnMajor {
      pixels = Self.transposed(pixels, count: images[0], rows: rows, columns: columns, channels: channels)
      (rows, columns) = (columns, rows)
    }
    return try Split(
      name: imageFile, count: images[0], imageRows: rows, imageColumns: columns, channels: channels, pixels: pixels,
      labels: IDX(contentsOf: labelFile).elements.map { Int32($0) })
  }

  /// Reads the labels of the training images alone.
  func trainLabels() throws(DataError) -> [Int32] {
    try IDX(contentsOf: file(Self.trainPrefixes.map { "\(prefix)\($0)-labels" }, ranks: [1])).elements.map { Int32($0) }
  }

  /// The names of as many classes as the highest label asks for: the characters of EMNIST's `mapping.txt`, or else numbers.
  func classNames(of labels: [[Int32]]) -> [String] {
    var names = (0...Int(labels.compactMap { $0.max() }.max() ?? 0)).map(String.init)
    let mapping = SmallFile.read("\(path)/\(prefix)mapping.txt", limit: 1 << 16) ?? []
    // A label and the code of its character, and of the capital letter and the small one where both are one class.
    for line in String(decoding: mapping, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      guard numbers.count >= 2, names.indices.contains(numbers[0]), (0x21...0x7e).contains(numbers[1]) else { continue }
      names[numbers[0]] = String(UnicodeScalar(UInt8(numbers[1])))
    }
    return names
  }

  /// EMNIST stores images column by column.
  private var isColumnMajor: Bool { prefix.hasPrefix("emnist-") }

  private static func transposed(_ pixels: [UInt8], count: Int, rows: Int, columns: Int, channels: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: pixels.count) { destination, written in
      pixels.withUnsafeBufferPointer { pixels in
        for image in 0..<count {
          for row in 0..<rows {
            for column in 0..<columns {
              for channel in 0..<channels {
                destination[((image * columns + column) * rows + row) * channels + channel] =
                  pixels[((image * rows + row) * columns + column) * channels + channel]
              }
            }
          }
        }
      }
      written = pixels.count
    }
  }

  /// The path of the first of the possible names that is a file, in this folder or in one of such a name.
  private func file(_ stems: [String], ranks: [Int]) throws(DataError) -> String {
    let names = stems.flatMap { stem in
      ranks.flatMap { rank in
        ["-", "."].flatMap { separator in ["", ".gz"].map { "\(stem)\(separator)idx\(rank)-ubyte\($0)" } }
      }
    }
    let nested = names.flatMap { folder in names.map { "\(folder)/\($0)" } }
    for name in names + nested {
      let path = "\(path)/\(name)"
      if FileSystem.exists(path), !FileSystem.isFolder(path) { return path }
    }
    throw DataError(
      .notFound, path,
      "has no file \(names[0]), nor \(names.dropFirst().joined(separator: ", ")), nor one in a folder of such a name; "
        + "name a folder of MNIST's form")
  }
}
