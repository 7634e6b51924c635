/// Labelled images to train and to test on.
public struct Dataset: Hashable, Sendable {
  /// The name or folder it was loaded by.
  public let name: String
  /// The name of each class; a label is an index here.
  public let classNames: [String]
  /// The images to train on; never empty.
  public let train: Split
  /// The images to test on, of the same size.
  public let test: Split
  /// The mean and standard deviation of the training pixels.
  public let normalization: Normalization

  /// Creates a data set.
  ///
  /// - Parameters:
  ///   - name: what selects it, and what errors call it.
  ///   - classNames: the name of each class, by label.
  ///   - train: the images to train on, at least one.
  ///   - test: the images to test on; may be none.
  ///   - normalization: measured on `train` when nil.
  /// - Throws: `DataError` when `train` is empty, the two parts differ in image size, or a label has no class name.
  public init(
    name: String, classNames: [String], train: Split, test: Split, normalization: Normalization? = nil
  ) throws(DataError) {
    guard train.count > 0 else {
      throw DataError(.malformed, name, "has no training image; get the files again")
    }
    let (trainSize, testSize) = (train.sizeDescription, test.sizeDescription)
    guard trainSize == testSize else {
      throw DataError(.mismatch, name, "trains on images of \(trainSize) and tests on \(testSize); sizes must agree")
    }
    for (part, split) in [("train", train), ("test", test)] {
      if let index = split.labels.firstIndex(where: { $0 >= classNames.count }) {
        throw DataError(
          .outOfRange, name,
          "\(part) label \(split.labels[index]) of image \(index) is none of the \(classNames.count) classes")
      }
    }
    self.name = name
    self.classNames = classNames
    self.train = train
    self.test = test
    self.normalization = normalization ?? Normalization(measuring: train)
  }

  /// The same data set with images of another size.
  ///
  /// - Throws: `DataError` `tooLarge` or `malformed` when the size cannot be.
  public func resized(rows: Int, columns: Int) throws(DataError) -> Dataset {
    try Dataset(
      name: name, classNames: classNames, train: train.resized(rows: rows, columns: columns),
      test: test.resized(rows: rows, columns: columns), normalization: normalization)
  }
}

extension Split {
  /// Rows x columns x channels and the pixel range, for messages.
  fileprivate var sizeDescription: String {
    "\(imageRows)x\(imageColumns)x\(channels)" + (pixelMaximum == 255 ? "" : " up to \(pixelMaximum)")
  }
}
