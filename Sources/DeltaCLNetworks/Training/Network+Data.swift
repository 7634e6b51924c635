public import DeltaCLData

extension Network {
  /// What brings images to the form that the network takes.
  ///
  /// - Parameters:
  ///   - normalization: What pixels from 0 to 1 are normalised with.
  ///   - pixelMaximum: The pixel value that stands for 1.
  /// - Throws: `DataError` as `ImagePreparation` does.
  public func preparation(
    normalization: Normalization, pixelMaximum: Int = 255
  ) throws(DataError) -> ImagePreparation {
    try ImagePreparation(
      rows: inputSize.rows, columns: inputSize.columns, channels: inputChannels, normalization: normalization,
      pixelMaximum: pixelMaximum)
  }

  /// Throws if `dataset` has more classes than the network tells apart.
  func requireFit(of dataset: Dataset) throws(TrainingError) {
    guard dataset.classNames.count <= classes else {
      throw TrainingError(
        .unsuitableDataset,
        "\(dataset.name) has \(dataset.classNames.count) classes, more than the \(classes) that \(name) tells apart")
    }
  }

  /// Throws if a label of `images` is none of the network's classes.
  func requireFit(of images: any LabeledImages) throws(TrainingError) {
    for index in 0..<images.count where !(0..<classes).contains(Int(images.label(at: index))) {
      throw TrainingError(
        .unsuitableDataset,
        "label \(images.label(at: index)) of image \(index) is none of the \(classes) classes that \(name) tells apart")
    }
  }
}
