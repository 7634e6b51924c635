/// A folder with files named as MNIST's are: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with
/// `t10k`, each plain or with `.gz`, or with a dot as in `train-images.idx3-ubyte`; a file may also lie in a folder of such a
/// name, as some programs unpack archives.
struct MNISTFolder {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Reads the images and labels of `prefix`, "train" or "t10k".
  func split(prefix: String) throws(DataError) -> Split {
    let imageFile = try file("\(prefix)-images", ranks: [3, 4])
    let labelFile = try file("\(prefix)-labels", ranks: [1])
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
    return try Split(
      name: imageFile, count: images[0], imageRows: images[1], imageColumns: images[2],
      channels: images.count == 4 ? images[3] : 1, pixels: IDX(contentsOf: imageFile).elements,
      labels: IDX(contentsOf: labelFile).elements)
  }

  /// Reads the labels of `prefix`, "train" or "t10k", alone.
  func labels(prefix: String) throws(DataError) -> [UInt8] {
    try IDX(contentsOf: file("\(prefix)-labels", ranks: [1])).elements
  }

  /// The path of the first of the possible names that is a file, in this folder or in one of such a name.
  private func file(_ stem: String, ranks: [Int]) throws(DataError) -> String {
    let names = ranks.flatMap { rank in
      ["-", "."].flatMap { separator in ["", ".gz"].map { "\(stem)\(separator)idx\(rank)-ubyte\($0)" } }
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
