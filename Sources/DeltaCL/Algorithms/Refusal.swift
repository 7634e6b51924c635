/// Why an algorithm cannot do a pass, or is not taken for it.
enum Refusal: Error, Hashable {
  /// It is for other operations.
  case otherOperation
  case emptyBatch
  case dilation(Extent)
  case groups(Int)
  case notDepthwise
  case stride(Int, most: Int)
  /// There is no transform for the shape.
  case noTransform(ConvolutionPass.Direction, kernel: Extent, stride: Extent)
  case fewChannels(Int, least: Int)
  /// So many that they fill vectors without it.
  case manyChannels(Int)
  /// A stride of 1, at which it takes more time.
  case unitStride
  /// Rows of fewer pixels than those for which it takes less time.
  case shortRows(Int, least: Int)
  /// Sums of more terms than one chain of additions may have.
  case longSums(Int, most: Int)
  case unaligned(Int, width: Int)
  case localMemory(Double, available: Int)
  /// The device has not the local tile that is chosen, but others.
  case noTile(String, available: [String])
  case tooLargeToIndex
  /// A tensor would be; the text says which.
  case tooLarge(String)
  /// The bytes of scratch, and those that the device allows.
  case scratch(Int, most: Int)
  /// More rows than those for which it takes less time.
  case manyRows(Int, most: Int)
  /// The estimated multiplications for an image, and those of the direct sum.
  case slower(Double, direct: Double)
  /// What it would run computed wrong values in a self-test of the device and its driver.
  case failedSelfTest(KernelExclusion)
  /// The device class does not have it, or it is turned off because results must be exact.
  case turnedOff
}

extension Refusal {
  /// Whether a self-test is the reason.
  var isFailedSelfTest: Bool {
    if case .failedSelfTest = self { true } else { false }
  }
}

extension Refusal: CustomStringConvertible {
  /// Such as `3 channels are fewer than 16`.
  var description: String {
    switch self {
    case .otherOperation: "it does other operations"
    case .emptyBatch: "the batch is empty"
    case .dilation(let dilation): "the dilation is \(dilation), not 1"
    case .groups(let groups): "there are \(groups) groups"
    case .notDepthwise: "it is not depthwise"
    case .stride(let stride, let most): "the stride \(stride) is over \(most)"
    case .noTransform(let direction, let kernel, let stride):
      "it has none for the \(direction) of a \(kernel) kernel at stride \(stride)"
    case .fewChannels(let channels, let least): "\(channels) channels are fewer than \(least)"
    case .manyChannels(let channels): "\(channels) channels fill the lanes of vectors"
    case .unitStride: "the stride is 1"
    case .shortRows(let pixels, let least): "rows of \(pixels) pixels are shorter than \(least)"
    case .longSums(let terms, let most): "sums of \(terms) terms are longer than \(most)"
    case .unaligned(let inputs, let width): "\(inputs) inputs are no multiple of \(width)"
    case .localMemory(let needed, let available):
      "it needs \(whole(needed)) bytes of local memory, and there are \(available)"
    case .noTile(let tile, let available):
      "the device has no \(tile), only \(available.joined(separator: ", "))"
    case .tooLarge(let message): message
    case .tooLargeToIndex: "its transforms are too large to index"
    case .scratch(let bytes, let most): "its \(bytes) bytes of scratch are over the device's \(most)"
    case .manyRows(let rows, let most): "\(rows) rows are over \(most)"
    case .slower(let cost, let direct):
      "it would cost \(whole(cost)) multiplications for each image, the direct sum "
        + whole(direct)
    case .failedSelfTest(let exclusion): "\(exclusion) failed the self-test of this device and driver"
    case .turnedOff: "it is turned off"
    }
  }
}

/// A count that may be too large for an integer.
private func whole(_ count: Double) -> String {
  Int(exactly: count.rounded()).map(String.init) ?? "\(count)"
}
