public import DeltaCL

/// What a layer does by itself, without the layers within it.
public struct LayerSummary: Hashable, Sendable {
  /// The path of names, such as `layer1.0.conv2`.
  public let name: String
  /// The name of the layer's type, such as `Convolution2D`.
  public let kind: String
  /// The shape of the layer's output, the batch first.
  public let outputShape: Shape
  /// The elements of the parameters that the layer declares.
  public let parameterCount: Int
  /// The multiplications and additions of the forward pass that the mathematics asks for; 0 where memory alone bounds the time.
  public let floatingPointOperations: Int
  /// The bytes that the layer's operations write in the forward pass.
  public let activationByteCount: Int
}
