/// The test part of a data set, read without the images to train on.
public struct TestSet: Sendable {
  /// The name, file or folder it was loaded by.
  public let name: String
  /// The name of each class; a label is an index here.
  public let classNames: [String]
  /// The images to test on.
  public let images: any LabeledImages

  /// The same part with other images, such as without those that cannot be read.
  public func replacing(images: any LabeledImages) -> TestSet {
    TestSet(name: name, classNames: classNames, images: images)
  }

  /// Loads the test part of a data set.
  ///
  /// Class folders and tables that have images for testing and others for validation while training give those for testing.
  ///
  /// - Parameters:
  ///   - name: As ``Dataset/load(_:validation:)`` takes it.
  ///   - validation: How class folders and tables that come in one piece were parted for training.
  ///   - classNames: The classes of the model that is tested; labels of class folders and tables follow it if it knows all of
  ///     their classes.
  /// - Throws: `DataError` that names the file at fault and what to do.
  public static func load(
    _ name: String, validation: ValidationSplit = .standard, classNames: [String]? = nil
  ) throws(DataError) -> TestSet {
    switch try DatasetForm(name) {
    case .digits:
      let digits = try Dataset.load(name)
      return TestSet(name: digits.name, classNames: digits.classNames, images: digits.test)
    case .fashionMNIST:
      let folder = try Dataset.fashionMNISTFolder()
      return TestSet(
        name: name, classNames: Dataset.fashionMNISTClasses, images: try folder.split(MNISTFolder.testPrefixes))
    case .idx(let folder):
      // The classes are those of both parts.
      let labels = try folder.trainLabels()
      let images = try folder.split(MNISTFolder.testPrefixes)
      return TestSet(name: name, classNames: folder.classNames(of: [labels, images.labels]), images: images)
    case .cifar(let folder):
      return TestSet(name: name, classNames: folder.classNames, images: try folder.test())
    case .classFolders(let folders):
      return try folders.testSet(validation, known: classNames)
    case .table(let path):
      return try ImageTable(contentsOf: path).testSet(validation, known: classNames)
    }
  }
}
