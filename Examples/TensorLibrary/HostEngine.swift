import Foundation

/// What the library falls back on where there is no device: plain loops over arrays.
final class HostEngine: Engine {
  var description: String { "plain Swift" }

  func values(_ floats: [Float], _ extents: Extents) -> [Float] { floats }
  func floats(_ values: [Float]) -> [Float] { values }

  func elementwise(_ formula: Formula, _ inputs: [([Float], Extents)], _ result: Extents) -> [Float] {
    (0..<result.count).map { index in
      let (row, column) = (index / result.columns, index % result.columns)
      return formula.value(
        inputs.map { values, extents in
          values[row % extents.rows * extents.columns + column % extents.columns]
        })
    }
  }

  func product(
    _ a: ([Float], Extents), transposed transposesA: Bool, _ b: ([Float], Extents), transposed transposesB: Bool
  ) -> [Float] {
    let (rows, terms) = transposesA ? (a.1.columns, a.1.rows) : (a.1.rows, a.1.columns)
    let columns = transposesB ? b.1.rows : b.1.columns
    return (0..<rows * columns).map { index in
      let (row, column) = (index / columns, index % columns)
      return (0..<terms).reduce(0) { sum, term in
        let first = a.0[transposesA ? term * rows + row : row * terms + term]
        return sum + first * b.0[transposesB ? column * terms + term : term * columns + column]
      }
    }
  }

  func sum(_ x: ([Float], Extents), _ result: Extents) -> [Float] {
    var sums = [Float](repeating: 0, count: result.count)
    for (index, value) in x.0.enumerated() {
      let (row, column) = (index / x.1.columns, index % x.1.columns)
      sums[row % result.rows * result.columns + column % result.columns] += value
    }
    return sums
  }
}

extension Formula {
  /// The value for an element of each input.
  fileprivate func value(_ inputs: [Float]) -> Float {
    switch self {
    case .input(let index): inputs[index]
    case .constant(let value): value
    case .function(let function, let arguments): function.value(arguments.map { $0.value(inputs) })
    }
  }
}

extension Function {
  fileprivate func value(_ x: [Float]) -> Float {
    switch self {
    case .identity: x[0]
    case .negate: -x[0]
    case .tanh: Foundation.tanh(x[0])
    case .sigmoid: 1 / (1 + exp(-x[0]))
    case .softplus: max(x[0], 0) + log1p(exp(-abs(x[0])))
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    }
  }
}
