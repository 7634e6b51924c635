extension Convolution {
  static let attributes: [OperationAttribute] = [.stride, .padding, .dilation, .groups]

  /// The descriptor that tensors and attributes of `deltacl op` ask for.
  init(
    _ arguments: OperationArguments, batch: Int, inputSize: Extent, inputChannels: Int, outputChannels: Int,
    kernelSize: Extent
  ) throws(DeltaCLError) {
    try self.init(
      batch: batch, inputSize: inputSize, inputChannels: inputChannels, outputChannels: outputChannels,
      kernelSize: kernelSize, stride: arguments.stride, padding: arguments.padding,
      dilation: arguments.dilation, groups: arguments.groups)
  }

  /// The channels that kernels of a shape take together.
  static func inputChannels(of w: Shape, _ arguments: OperationArguments) throws(DeltaCLError) -> Int {
    let groups = try arguments.groups
    let (channels, overflow) = w.innermost.multipliedReportingOverflow(by: groups)
    guard !overflow else {
      throw DeltaCLError(.mismatch, "\(groups) groups of \(w.innermost) channels are too many")
    }
    return channels
  }
}
