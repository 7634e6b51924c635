extension Matrix {
  /// The derivatives of this matrix of one element by others, each as lazy as what it is made of.
  func gradient(by parameters: [Matrix]) -> [Matrix] {
    var deltas = [ObjectIdentifier(self): constant(1)]
    for matrix in inOrder().reversed() {
      guard let delta = deltas[ObjectIdentifier(matrix)] else { continue }
      for (operand, part) in matrix.contributions(delta) {
        // An operand that was repeated gets the sum of what its copies get.
        let part = part.sum(to: operand.extents)
        deltas[ObjectIdentifier(operand)] = deltas[ObjectIdentifier(operand)].map { $0 + part } ?? part
      }
    }
    return parameters.map { deltas[ObjectIdentifier($0)] ?? constant(0).repeated(to: $0.extents) }
  }

  /// All that this matrix is made of, operands first.
  private func inOrder() -> [Matrix] {
    var order: [Matrix] = []
    var seen: Set<ObjectIdentifier> = []
    func visit(_ matrix: Matrix) {
      guard seen.insert(ObjectIdentifier(matrix)).inserted else { return }
      matrix.operands.forEach(visit)
      order.append(matrix)
    }
    visit(self)
    return order
  }

  private var operands: [Matrix] {
    switch origin {
    case .values, .constant: []
    case .function(_, let arguments): arguments
    case .product(let a, let b, _, _): [a, b]
    case .sum(let x): [x]
    }
  }

  /// What the delta of this matrix gives to each of its operands.
  private func contributions(_ delta: Matrix) -> [(Matrix, Matrix)] {
    switch origin {
    case .values, .constant: return []
    case .sum(let x): return [(x, delta.repeated(to: x.extents))]
    case .product(let a, let b, let transposesA, let transposesB):
      let ofA =
        transposesA
        ? b.product(delta, transposesFirst: transposesB, transposesSecond: true)
        : delta.product(b, transposesSecond: !transposesB)
      let ofB =
        transposesB
        ? delta.product(a, transposesFirst: true, transposesSecond: transposesA)
        : a.product(delta, transposesFirst: !transposesA)
      return [(a, ofA), (b, ofB)]
    case .function(let function, let x):
      let delta = delta.repeated(to: extents)
      switch function {
      case .identity: return [(x[0], delta)]
      case .negate: return [(x[0], -delta)]
      case .tanh: return [(x[0], delta * (constant(1) - self * self))]
      case .sigmoid: return [(x[0], delta * self * (constant(1) - self))]
      case .softplus: return [(x[0], delta * x[0].sigmoid())]
      case .add: return [(x[0], delta), (x[1], delta)]
      case .subtract: return [(x[0], delta), (x[1], -delta)]
      case .multiply: return [(x[0], delta * x[1]), (x[1], delta * x[0])]
      }
    }
  }
}
