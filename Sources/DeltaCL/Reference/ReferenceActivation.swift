import Foundation

extension Reference {
  static func activation(_ function: Activation, count: Int, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<count { y[index] = function.value(x[index]) }
  }

  static func activationDelta(
    _ function: Activation, count: Int, y: Span<Double>, dy: Span<Double>, dx: consuming MutableSpan<Double>
  ) {
    for index in 0..<count { dx[index] = function.delta(y: y[index], dy: dy[index]) }
  }

  /// Applies an operation's epilogue to its `result`; only the delta of an activation reads `activated`.
  static func finish(_ epilogue: Epilogue, _ result: consuming MutableSpan<Double>, activated: Span<Double>) {
    for index in result.indices {
      result[index] =
        switch epilogue {
        case .activation(let function): function.value(result[index])
        case .activationDelta(let function): function.delta(y: activated[index], dy: result[index])
        }
    }
  }
}

extension Activation {
  /// The function at x.
  func value(_ x: Double) -> Double {
    switch self {
    case .relu: x < 0 ? 0 : x
    case .relu6: x < 0 ? 0 : x > 6 ? 6 : x
    case .leakyReLU(let slope): x < 0 ? Double(slope) * x : x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    }
  }

  /// The delta of x if the function is y.
  func delta(y: Double, dy: Double) -> Double {
    switch self {
    case .relu: y <= 0 ? 0 : dy
    case .relu6: y > 0 && y < 6 ? dy : 0
    case .leakyReLU(let slope): y > 0 ? dy : Double(slope) * dy
    case .sigmoid: dy * y * (1 - y)
    case .tanh: dy * (1 - y * y)
    }
  }
}
