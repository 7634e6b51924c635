import DeltaCLSystem

/// Arithmetic of integers that are known before a model runs, such as the extents of shapes.
enum ShapeArithmetic {
  /// Computes `Add`, `Sub`, `Mul` and `Div` of integers.
  ///
  /// - Returns: Whether both are integers; nothing is computed if they are not.
  /// - Throws: ``ONNXError`` for a result that does not fit 64 bits, and a division by 0.
  static func combine(
    _ node: Node, _ a: LoweredValue, _ b: LoweredValue, _ lowering: inout Lowering
  ) throws(ONNXError) -> Bool {
    guard case .constant(let left) = a, case .constant(let right) = b, let x = left.integers, let y = right.integers
    else {
      return false
    }
    guard let shape = Operators.broadcast(left.shape, right.shape), shape.count <= 1 else {
      throw node.unsupported("integers are calculated with in lists alone, which must be equally long")
    }
    var results: [Int64] = []
    for index in 0..<max(1, shape.first ?? 1) where shape.first != 0 {
      let (p, q) = (x[x.count == 1 ? 0 : index], y[y.count == 1 ? 0 : index])
      let (result, overflow) =
        switch node.proto.opType {
        case "Add": p.addingReportingOverflow(q)
        case "Sub": p.subtractingReportingOverflow(q)
        case "Mul": p.multipliedReportingOverflow(by: q)
        case "Div": p.dividedReportingOverflow(by: q)
        default: throw node.unsupported("does not calculate with integers here")
        }
      guard !overflow else { throw node.malformed("\(p) and \(q) have no result of 64 bits") }
      results.append(result)
    }
    try lowering.set(node, .constant(Constant(shape: shape, integers: results)))
    return true
  }
}
