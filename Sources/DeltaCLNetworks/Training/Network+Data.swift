public import DeltaCLData

extension Network {
  /// The images of `dataset` in the form that the network takes: resized, and gray made of colour or colour of gray.
  ///
  /// - Throws: ``TrainingError`` (`unsuitableDataset`) if there are more classes than the network tells apart; `DataError`
  ///   if images cannot be converted.
  public func prepare(_ dataset: Dataset) throws -> Dataset {
    guard dataset.classNames.count <= classes else {
      throw TrainingError(
        .unsuitableDataset,
        "\(dataset.name) has \(dataset.classNames.count) classes, more than the \(classes) that \(name) tells apart")
    }
    return try Dataset(
      name: dataset.name, classNames: dataset.classNames, train: prepare(dataset.train), test: prepare(dataset.test),
      normalization: dataset.normalization)
  }

  /// The images of `split` in the form that the network takes.
  ///
  /// - Throws: `DataError` if images cannot be converted.
  public func prepare(_ split: consuming Split) throws -> Split {
    if split.channels != inputChannels {
      let given = split
      let pixels = try (0..<given.count).flatMap { try given.image(at: $0).converted(channels: inputChannels).pixels }
      split = try Split(
        count: split.count, imageRows: split.imageRows, imageColumns: split.imageColumns, channels: inputChannels,
        pixels: pixels, labels: split.labels, pixelMaximum: split.pixelMaximum)
    }
    return try split.resized(rows: inputSize.rows, columns: inputSize.columns)
  }

  /// Throws if the images or labels of `split` are not what the network takes.
  func requireFit(of split: Split) throws(TrainingError) {
    guard split.imageRows == inputSize.rows, split.imageColumns == inputSize.columns, split.channels == inputChannels
    else {
      throw TrainingError(
        .unsuitableDataset,
        "\(name) takes images of \(inputSize)x\(inputChannels), not \(split.imageRows)x\(split.imageColumns)x\(split.channels); "
          + "prepare the data set with Network.prepare")
    }
    if let index = split.labels.firstIndex(where: { $0 >= classes }) {
      throw TrainingError(
        .unsuitableDataset,
        "label \(split.labels[index]) of image \(index) is none of the \(classes) classes that \(name) tells apart")
    }
  }
}
