/// Labelled images to train and to test on.
public struct Dataset: Sendable {
  /// The name, file or folder it was loaded by.
  public let name: String
  /// The name of each class; a label is an index here.
  public let classNames: [String]
  /// The images to train on; never empty.
  public let train: any LabeledImages
  /// The images to test on.
  public let test: any LabeledImages
  /// How the images were parted into ``train`` and ``test``; `nil` if they come in these parts.
  public let validation: ValidationSplit?
  /// The normalisation that comes with the data set; `nil` if it is to be measured.
  private let normalization: Normalization?

  /// Creates a data set.
  ///
  /// - Parameters:
  ///   - name: what selects it, and what errors call it.
  ///   - classNames: the name of each class, by label.
  ///   - train: the images to train on, at least one.
  ///   - test: the images to test on; may be none.
  ///   - normalization: what its makers give; measured on `train` when nil.
  ///   - validation: how the images were parted, if they were.
  /// - Throws: `DataError` when `train` is empty or a label has no class name.
  public init(
    name: String, classNames: [String], train: any LabeledImages, test: any LabeledImages,
    normalization: Normalization? = nil, validation: ValidationSplit? = nil
  ) throws(DataError) {
    guard train.count > 0 else {
      throw DataError(.malformed, name, "has no training image; get the files again")
    }
    for (part, images) in [("train", train), ("test", test)] {
      for index in 0..<images.count where !classNames.indices.contains(Int(images.label(at: index))) {
        throw DataError(
          .outOfRange, name,
          "\(part) label \(images.label(at: index)) of image \(index) is none of the \(classNames.count) classes")
      }
    }
    self.name = name
    self.classNames = classNames
    self.train = train
    self.test = test
    self.normalization = normalization
    self.validation = validation
  }

  /// What images that are converted to `channels` are normalised with: what comes with the data set, or else the means and
  /// standard deviations of ``train``, measured now as ``Normalization/init(measuring:channels:)`` says.
  ///
  /// - Throws: `DataError` (`unsupported`) when images cannot be converted to `channels`; what fetching images throws.
  public func normalization(channels: Int) throws -> Normalization {
    try normalization ?? Normalization(measuring: train, channels: channels)
  }

  /// The same data set with other parts, such as without images that cannot be read.
  ///
  /// - Throws: As ``init(name:classNames:train:test:normalization:validation:)``.
  public func replacing(train: any LabeledImages, test: any LabeledImages) throws(DataError) -> Dataset {
    try Dataset(
      name: name, classNames: classNames, train: train, test: test, normalization: normalization,
      validation: validation)
  }
}
