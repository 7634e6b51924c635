import Foundation

extension Reference {
  static func reduction(
    _ reduction: TensorOperation.Reduction, x: Span<Double>, y: consuming MutableSpan<Double>
  ) {
    let (starts, offsets) = positions(reduction)
    for (index, start) in starts.enumerated() {
      var terms: [Double] = []
      for offset in offsets { terms.append(x[start + offset]) }
      y[index] =
        switch reduction.function {
        case .sum: terms.reduce(0, +)
        case .mean: terms.reduce(0, +) / Double(terms.count)
        case .maximum: terms.dropFirst().reduce(terms[0], BinaryFunction.maximum.value)
        case .minimum: terms.dropFirst().reduce(terms[0], BinaryFunction.minimum.value)
        case .product: terms.reduce(1, *)
        case .l1: terms.reduce(0) { $0 + abs($1) }
        case .l2: terms.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .logSumExp: logSumExp(terms)
        case .argMax, .argMin: .nan
        }
    }
  }

  /// The positions of the greatest or least elements.
  static func argument(_ reduction: TensorOperation.Reduction, x: Span<Double>, y: consuming MutableSpan<Int32>) {
    let (starts, offsets) = positions(reduction)
    let sign = reduction.function == .argMin ? -1.0 : 1
    for (index, start) in starts.enumerated() {
      var greatest = 0
      for position in offsets.indices
      where isGreater(sign * x[start + offsets[position]], than: sign * x[start + offsets[greatest]]) {
        greatest = position
      }
      y[index] = Int32(greatest)
    }
  }

  private static func logSumExp(_ terms: [Double]) -> Double {
    let greatest = terms.max() ?? 0
    let shift = greatest.isFinite ? greatest : 0
    return shift + log(terms.reduce(0) { $0 + exp($1 - shift) })
  }

  /// Where the elements of each result begin in x, and how far each of them is from there, in their order.
  private static func positions(_ reduction: TensorOperation.Reduction) -> (starts: [Int], offsets: [Int]) {
    if reduction.shape.elementCount == 0 {
      // There is nothing that a result is made of, if there are results.
      return ([Int](repeating: 0, count: reduction.operands[1].shape.elementCount), [])
    }
    var starts = [0], offsets = [0]
    var stride = 1
    for (axis, extent) in reduction.shape.dimensions.enumerated().reversed() {
      let steps = (0..<extent).map { $0 * stride }
      if reduction.axes.contains(axis) {
        offsets = steps.flatMap { step in offsets.map { $0 + step } }
      } else {
        starts = steps.flatMap { step in starts.map { $0 + step } }
      }
      stride *= extent
    }
    return (starts, offsets)
  }
}
