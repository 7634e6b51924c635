import DeltaCL

extension GraphBuilder {
  /// The extents of images `[N, H, W, C]`.
  func image(_ input: GraphValue) throws(NetworkError) -> (batch: Int, size: Extent, channels: Int) {
    let dimensions = input.shape.dimensions
    guard dimensions.count == 4 else { throw mismatch(input, needs: "images of shape [N, H, W, C]") }
    return (dimensions[0], Extent(dimensions[1], dimensions[2]), dimensions[3])
  }

  mutating func activate(_ input: GraphValue, _ function: Activation) throws(NetworkError) -> GraphValue {
    try apply(.activation(function, count: input.shape.elementCount), to: input).reshaped(input.shape)
  }
}
