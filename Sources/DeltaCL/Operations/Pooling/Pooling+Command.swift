extension Pooling {
  /// The windows that tensors and attributes of `deltacl op` ask for.
  ///
  /// - Parameters:
  ///   - tensor: x or, with an `inputSize`, dy.
  ///   - isGlobal: Whether a window covers the image.
  init(
    _ arguments: OperationArguments, _ tensor: Shape, inputSize: Extent? = nil, isGlobal: Bool = false
  ) throws(DeltaCLError) {
    let size = inputSize ?? tensor.imageSize
    try self.init(
      batch: tensor.outermost, inputSize: size, channels: tensor.innermost,
      window: isGlobal ? size : arguments.window, stride: arguments.poolingStride, padding: arguments.padding,
      dilation: arguments.dilation, ceilMode: arguments.ceilMode)
  }
}
