import DeltaCLData

extension LabeledImages {
  /// The images to train on and those to validate with: a share of each class, drawn from `seed`, each part in their order.
  ///
  /// - Throws: ``TrainingError`` (`unsuitableDataset`) if the share is so small that no image is drawn, or so large that none is left.
  func separatingValidation(
    share: Double, seed: UInt64
  ) throws(TrainingError) -> (train: LabeledImagesSubset, validation: LabeledImagesSubset) {
    var places: [Int32: [Int]] = [:]
    for index in 0..<count { places[label(at: index), default: []].append(index) }
    var isDrawn = [Bool](repeating: false, count: count)
    for (label, indices) in places {
      var generator = Philox(seed: seed, stream: .validation(label: Int(label)))
      let number = Int((share * Double(indices.count)).rounded())
      for place in generator.shuffled(indices.count).prefix(number) { isDrawn[indices[place]] = true }
    }
    let drawn = isDrawn.indices.filter { isDrawn[$0] }
    guard !drawn.isEmpty, drawn.count < count else {
      throw TrainingError(
        .unsuitableDataset,
        "a validation split of \(share) takes \(drawn.count) of \(count) training images: choose a "
          + (drawn.isEmpty ? "greater" : "smaller") + " one")
    }
    return (subset(isDrawn.indices.filter { !isDrawn[$0] }), subset(drawn))
  }
}
