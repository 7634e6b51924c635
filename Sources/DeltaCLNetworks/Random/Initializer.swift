/// The distribution that the initial weights of a layer are drawn from.
public enum Initializer: Hashable, Sendable {
  /// He's (Kaiming's) for layers before a relu: normal with variance `2 / fanIn`. Biases are 0.
  case he
  /// He's with the layer's outputs in place of its inputs: normal with variance `2 / fanOut`. Biases are 0.
  case heFanOut
  /// Normal with mean 0 and this deviation. Biases are 0.
  case normal(deviation: Float)
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
    switch self {
    case .he:
      return normal((2 / Float(fans.input)).squareRoot(), count, &generator)
    case .heFanOut:
      return normal((2 / Float(fans.output)).squareRoot(), count, &generator)
    case .normal(let deviation):
      return normal(deviation, count, &generator)
    case .xavier:
      return uniform(within: (6 / (Float(fans.input) + Float(fans.output))).squareRoot(), count, &generator)
    case .pytorch:
      return uniform(within: 1 / Float(fans.input).squareRoot(), count, &generator)
    case .zeros:
      return Array(repeating: 0, count: count)
    case .constant(let value):
      return Array(repeating: value, count: count)
    }
  }

  private func normal(_ deviation: Float, _ count: Int, _ generator: inout Philox) -> [Float] {
    (0..<count).map { _ in deviation * generator.normal() }
  }

  private func uniform(within bound: Float, _ count: Int, _ generator: inout Philox) -> [Float] {
    (0..<count).map { _ in bound * (2 * generator.uniform() - 1) }
  }
}
