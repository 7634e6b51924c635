extension ElementwiseExpression {
  /// The result in double precision.
  ///
  /// - Parameter input: The element of an input that is read, by its position.
  func value(_ input: (Int) -> Double) -> Double {
    var values: [Double] = []
    values.reserveCapacity(nodes.count)
    for node in nodes {
      let value: Double =
        switch node {
        case .input(let index): input(index)
        case .constant(let bits): Double(Float(bitPattern: bits))
        case .unary(let function, let x): function.value(values[x])
        case .binary(let function, let a, let b): function.value(values[a], values[b])
        case .where(let condition, let a, let b): values[condition] != 0 ? values[a] : values[b]
        }
      values.append(value)
    }
    return values[values.count - 1]
  }
}
