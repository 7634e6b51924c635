import DeltaCLData

extension Split {
  /// The images to train on and those to validate with: a share of each class, drawn from `seed`, each part in the split's order.
  ///
  /// - Throws: ``TrainingError`` (`unsuitableDataset`) if the share is so small that no image is drawn, or so large that none is left.
  func separatingValidation(share: Float, seed: UInt64) throws -> (train: Split, validation: Split) {
    var places = [[Int]](repeating: [], count: 1 + Int(labels.max() ?? 0))
    for (index, label) in labels.enumerated() { places[Int(label)].append(index) }
    var isDrawn = [Bool](repeating: false, count: count)
    for (label, indices) in places.enumerated() {
      var generator = Philox(seed: seed, stream: .validation(label: label))
      let number = Int((Double(share) * Double(indices.count)).rounded())
      for place in generator.shuffled(indices.count).prefix(number) { isDrawn[indices[place]] = true }
    }
    let drawn = isDrawn.indices.filter { isDrawn[$0] }
    guard !drawn.isEmpty, drawn.count < count else {
      throw TrainingError(
        .unsuitableDataset,
        "a validation split of \(share) takes \(drawn.count) of \(count) training images: choose a "
          + (drawn.isEmpty ? "greater" : "smaller") + " one")
    }
    return (try subset(isDrawn.indices.filter { !isDrawn[$0] }), try subset(drawn))
  }
}
