/// The distribution that the initial weights of a layer are drawn from.
public enum Initializer: Hashable, Sendable {
  /// He's (Kaiming's) for layers before a relu: normal with variance `2 / fanIn`. Biases are 0.
  case he
  /// He's with the layer's outputs in place of its inputs: normal with variance `2 / fanOut`. Biases are 0.
  case heFanOut
  /// He's, uniform within `sqrt(6 / fanIn)` of 0. Biases are 0.
  case heUniform
  /// Normal with mean 0 and this deviation. Biases are 0.
  case normal(deviation: Float)
  /// Uniform within this bound of 0. Biases are 0.
  case uniform(bound: Float)
  /// Xavier's (Glorot's): uniform within `sqrt(6 / (fanIn + fanOut))` of 0. Biases are 0.
  case xavier
  /// PyTorch's default for convolution and linear layers: weights and biases uniform within `1 / sqrt(fanIn)` of 0.
  case pytorch
  case zeros
  /// One value for all weights. Biases are 0.
  case constant(Float)

  /// What the bias beside weights of this initialiser is drawn from.
  public var forBias: Initializer { self == .pytorch ? .pytorch : .zeros }

  /// Draws `count` values.
  public func values(count: Int, fans: Fans, from generator: inout Philox) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initializedCount in
      fill(UnsafeMutableBufferPointer(rebasing: values[..<count]), fans: fans, from: &generator)
      initializedCount = count
    }
  }

  /// Draws values into memory, on all cores: the same ones whatever their number.
  func fill(_ values: UnsafeMutableBufferPointer<Float>, fans: Fans, from generator: inout Philox) {
    switch self {
    case .he:
      Self.normal((2 / Float(fans.input)).squareRoot(), values, &generator)
    case .heFanOut:
      Self.normal((2 / Float(fans.output)).squareRoot(), values, &generator)
    case .heUniform:
      Self.uniform(within: (6 / Float(fans.input)).squareRoot(), values, &generator)
    case .normal(let deviation):
      Self.normal(deviation, values, &generator)
    case .uniform(let bound):
      Self.uniform(within: bound, values, &generator)
    case .xavier:
      Self.uniform(within: (6 / (Float(fans.input) + Float(fans.output))).squareRoot(), values, &generator)
    case .pytorch:
      Self.uniform(within: 1 / Float(fans.input).squareRoot(), values, &generator)
    case .zeros:
      values.initialize(repeating: 0)
    case .constant(let value):
      values.initialize(repeating: value)
    }
  }

  private static func normal(
    _ deviation: Float, _ values: UnsafeMutableBufferPointer<Float>, _ generator: inout Philox
  ) {
    generator.fill(values, wordsForEach: Philox.wordsOfNormal) { deviation * $0.normal() }
  }

  private static func uniform(
    within bound: Float, _ values: UnsafeMutableBufferPointer<Float>, _ generator: inout Philox
  ) {
    generator.fill(values, wordsForEach: Philox.wordsOfUniform) { bound * (2 * $0.uniform() - 1) }
  }
}
