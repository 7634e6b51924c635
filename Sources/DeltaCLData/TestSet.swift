/// The test part of a data set, read without the images to train on.
public struct TestSet: Hashable, Sendable {
  /// The name or folder it was loaded by.
  public let name: String
  /// The name of each class; a label is an index here.
  public let classNames: [String]
  /// The images to test on.
  public let images: Split

  /// Loads the test part of a data set.
  ///
  /// - Parameter name: As ``Dataset/load(_:)`` takes it.
  /// - Throws: `DataError` that names the file at fault and what to do.
  public static func load(_ name: String) throws(DataError) -> TestSet {
    switch name {
    case "digits":
      let digits = try Dataset.load(name)
      return TestSet(name: digits.name, classNames: digits.classNames, images: digits.test)
    case "fashion-mnist":
      let folder = try Dataset.fashionMNISTFolder()
      return TestSet(name: name, classNames: Dataset.fashionMNISTClasses, images: try folder.split(prefix: "t10k"))
    default:
      let folder = try Dataset.mnistFolder(name)
      // The classes are those of both parts.
      let labels = try folder.labels(prefix: "train")
      let images = try folder.split(prefix: "t10k")
      return TestSet(name: name, classNames: Dataset.classNames(of: [labels, images.labels]), images: images)
    }
  }
}
