/// What the name of a data set stands for.
enum DatasetForm {
  case fashionMNIST
  case digits
  case idx(MNISTFolder)
  case cifar(CIFARFolder)
  case classFolders(ClassFolders)
  case table(String)

  /// Looks at what lies at a path that is not one of ``Dataset/knownNames``.
  ///
  /// - Throws: `DataError` when there is nothing that is read here.
  init(_ name: String) throws(DataError) {
    switch name {
    case "fashion-mnist":
      self = .fashionMNIST
    case "digits":
      self = .digits
    default:
      self = try Self.found(at: name)
    }
  }

  private static func found(at path: String) throws(DataError) -> DatasetForm {
    if ImageTable.isTable(path) { return .table(path) }
    if FileSystem.isFolder(path) { try FileSystem.requireReadable(folder: path) }
    if let folder = try MNISTFolder.find(path) { return .idx(folder) }
    guard FileSystem.isFolder(path) else {
      let known = Dataset.knownNames.joined(separator: ", ")
      throw DataError(
        .notFound, path, "is neither a data set (\(known)) nor a folder, nor a table of images whose name ends in .csv")
    }
    if let folder = CIFARFolder(path) { return .cifar(folder) }
    if let folders = try ClassFolders(path) { return .classFolders(folders) }
    throw DataError(
      .notFound, path,
      "holds no data set: it has no folders of classes, no file train-images-idx3-ubyte as MNIST, and none named "
        + "data_batch_1.bin or train.bin as CIFAR")
  }
}
