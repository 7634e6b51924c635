import Foundation

extension Reference {
  static func activation(_ function: Activation, count: Int, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<count {
      let x = x[index]
      y[index] =
        switch function {
        case .relu: x < 0 ? 0 : x
        case .relu6: x < 0 ? 0 : x > 6 ? 6 : x
        case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
        case .sigmoid: sigmoid(x)
        case .tanh: tanh(x)
        }
    }
  }

  static func activationDelta(
    _ function: Activation, count: Int, x: Span<Double>, dy: Span<Double>, dx: consuming MutableSpan<Double>
  ) {
    for index in 0..<count {
      let (x, dy) = (x[index], dy[index])
      dx[index] =
        switch function {
        case .relu: x <= 0 ? 0 : dy
        case .relu6: x <= 0 || x >= 6 ? 0 : dy
        case .leakyRelu(let slope): x <= 0 ? Double(slope) * dy : dy
        case .sigmoid: dy * sigmoid(x) * (1 - sigmoid(x))
        case .tanh: dy * (1 - tanh(x) * tanh(x))
        }
    }
  }

  private static func sigmoid(_ x: Double) -> Double {
    1 / (1 + exp(-x))
  }
}
