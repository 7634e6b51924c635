extension Network {
  /// Throws if an epoch of `imageCount` images in batches of `batchSize` has a batch of one image and the network needs more, as
  /// batch normalisation of single values does.
  func checkBatchSize(_ batchSize: Int, imageCount: Int) throws {
    guard imageCount > 0, leavesOneImage(batchSize, of: imageCount) else { return }
    let reason: String
    do {
      _ = try forward(batch: 1, mode: .training(dropoutSeed: nil))
      return
    } catch let error as NetworkError {
      // What fails with two images as well is reported by the training step.
      guard (try? forward(batch: 2, mode: .training(dropoutSeed: nil))) != nil else { return }
      reason = error.message
    }
    let smaller = (1..<batchSize).last { !leavesOneImage($0, of: imageCount) }
    let larger =
      batchSize < imageCount ? (batchSize + 1...imageCount).first { !leavesOneImage($0, of: imageCount) } : nil
    let working = [smaller, larger].compactMap { $0.map(String.init) }.joined(separator: " or ")
    throw TrainingError(
      .invalidConfiguration,
      "\(imageCount) training images in batches of \(batchSize) leave 1 for the last batch, which network \(name) cannot train on "
        + "(\(reason)); " + (working.isEmpty ? "add training images" : "use a batch size of \(working)"))
  }

  private func leavesOneImage(_ batchSize: Int, of imageCount: Int) -> Bool {
    batchSize == 1 || imageCount % batchSize == 1
  }
}
