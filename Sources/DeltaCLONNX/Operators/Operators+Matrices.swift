import DeltaCL
import DeltaCLNetworks
import DeltaCLSystem

/// Products of matrices, and what is made of all elements along axes.
extension Operators {
  static let matrices: [String: Lower] = {
    var operators: [String: Lower] = ["Gemm": gemm, "MatMul": matmul, "Softmax": softmax]
    let functions: [(String, TensorOperation.Reduction.Function)] = [
      ("ReduceSum", .sum), ("ReduceMean", .mean), ("ReduceMax", .maximum), ("ReduceMin", .minimum),
      ("ReduceProd", .product), ("ReduceL1", .l1), ("ReduceL2", .l2), ("ReduceLogSumExp", .logSumExp),
    ]
    for (name, function) in functions { operators[name] = { try reduce($0, &$1, function) } }
    return operators
  }()

  private static func gemm(_ node: Node, _ lowering: inout Lowering) throws {
    let (a, b) = (try lowering.value(node, 0), try lowering.value(node, 1))
    let (alpha, beta) = (try node.float("alpha", otherwise: 1), try node.float("beta", otherwise: 1))
    let (transposesA, transposesB) = (try node.flag("transA"), try node.flag("transB"))
    guard a.shape.count == 2, b.shape.count == 2 else { throw node.malformed("A and B must be matrices") }
    let c = try lowering.optional(node, 2)
    // A dense layer, whose weights are put into the order of the features instead of the activations into that of the weights.
    if !transposesA, case .constant(let weights) = b, weights.count > 0, c.map(isDenseBias) ?? true {
      let ordered = transposesB ? weights : weights.transposed([1, 0])
      let (outputs, inputs) = (ordered.shape[0], ordered.shape[1])
      let x = try lowering.tensor(node, a)
      guard x.shape[1] == inputs else {
        throw node.malformed("A has \(x.shape[1]) columns, and B \(inputs) rows")
      }
      var w = ordered
      if case .flattened(let image) = x.layout {
        w = w.reshaped([outputs] + image).transposed([0, 2, 3, 1]).reshaped([outputs, inputs])
      }
      if alpha != 1, let floats = w.floats { w = Constant(shape: w.shape, floats: floats.map { $0 * alpha }) }
      var operands = [x.value, try lowering.add(node, w)]
      if case .constant(let bias)? = c, let floats = bias.floats {
        guard floats.count == outputs || floats.count == 1 else {
          throw node.malformed("C has \(floats.count) elements, and the product \(outputs) columns")
        }
        let all = floats.count == outputs ? floats : [Float](repeating: floats[0], count: outputs)
        operands.append(try lowering.add(node, Constant(shape: [outputs], floats: all.map { $0 * beta })))
      }
      let dense = try Dense(batch: x.shape[0], inputs: inputs, outputs: outputs)
      let y = try lowering.append(node, .dense(dense, bias: c != nil), operands)
      return try lowering.set(node, y, [x.shape[0], outputs])
    }
    let product = try Matmul(Shape(a.shape), Shape(b.shape), transposesA: transposesA, transposesB: transposesB)
    let y = try lowering.append(node, .matmul(product), lowering.inOrder(node, a), lowering.inOrder(node, b))
    let tensor = LoweredTensor(value: y, shape: product.outputShape.dimensions, layout: .same)
    guard c != nil || alpha != 1 else { return try lowering.set(node, .tensor(tensor)) }
    try elementwise(node, [.tensor(tensor)] + (c.map { [$0] } ?? []), &lowering) { terms in
      let scaled = terms[0] * .constant(alpha)
      return terms.count > 1 ? scaled + terms[1] * .constant(beta) : scaled
    }
  }

  /// Whether a known C is a row, or one number.
  private static func isDenseBias(_ value: LoweredValue) -> Bool {
    guard case .constant(let constant) = value, constant.floats != nil, constant.count > 0 else { return false }
    return constant.shape.count <= 1 || constant.shape.dropLast().allSatisfy { $0 == 1 }
  }

  private static func matmul(_ node: Node, _ lowering: inout Lowering) throws {
    let (a, b) = (try lowering.value(node, 0), try lowering.value(node, 1))
    guard !a.shape.isEmpty, !b.shape.isEmpty else { throw node.malformed("A and B must not be single numbers") }
    // A vector is a row on the left and a column on the right, whose axis the result has not.
    let left = a.shape.count == 1 ? [1] + a.shape : a.shape
    let right = b.shape.count == 1 ? b.shape + [1] : b.shape
    let product = try Matmul(Shape(left), Shape(right))
    var shape = product.outputShape.dimensions
    let y = try lowering.append(node, .matmul(product), lowering.inOrder(node, a), lowering.inOrder(node, b))
    if b.shape.count == 1 { shape.removeLast() }
    if a.shape.count == 1 { shape.remove(at: shape.count - (b.shape.count == 1 ? 1 : 2)) }
    try lowering.set(node, y.reshaped(Shape(shape)), shape)
  }

  private static func softmax(_ node: Node, _ lowering: inout Lowering) throws {
    let x = try lowering.value(node, 0)
    let axis = try self.axis(node, node.integer("axis") ?? (node.opset < 13 ? 1 : -1), of: x.shape)
    // Until opset 12 all axes from this one on are one.
    guard node.opset < 13 || axis == x.shape.count - 1 else {
      throw node.unsupported("along axis \(axis) of \(x.shape.count): only the last one is computed here")
    }
    let classes = x.shape[axis...].reduce(1, *)
    let rows = x.shape[..<axis].reduce(1, *)
    let y = try lowering.append(node, .softmax(rows: rows, classes: classes), lowering.inOrder(node, x))
    try lowering.set(node, y.reshaped(Shape(x.shape)), x.shape)
  }

  private static func reduce(
    _ node: Node, _ lowering: inout Lowering, _ function: TensorOperation.Reduction.Function
  ) throws {
    let x = try lowering.value(node, 0)
    let given = try node.integers("axes") ?? lowering.knownIntegers(node, 1, "the axes") ?? []
    if given.isEmpty, try node.flag("noop_with_empty_axes") { return try lowering.set(node, x) }
    let axes = try given.isEmpty ? Array(x.shape.indices) : given.map { try axis(node, $0, of: x.shape) }
    let keepsAxes = try node.integer("keepdims") ?? 1 != 0
    let tensor = try lowering.tensor(node, x)
    // Rows and columns are the second and third axis of an image whose channels are innermost.
    let isImage = tensor.layout == .channelsLast && Set(axes) == [2, 3]
    let input = isImage ? tensor.value : try lowering.inOrder(node, x)
    let operation = try TensorOperation.reduction(
      function, shape: input.shape, axes: isImage ? [1, 2] : axes, keepingAxes: keepsAxes)
    var shape = x.shape.enumerated().map { axes.contains($0) ? 1 : $1 }
    if !keepsAxes { shape = x.shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element) }
    let y = try lowering.append(node, operation, input)
    try lowering.set(node, y.reshaped(y.shape), shape, isImage && keepsAxes ? .channelsLast : .same)
  }

  /// An axis counted from the first.
  static func axis(_ node: Node, _ axis: Int, of shape: [Int]) throws(ONNXError) -> Int {
    guard (-shape.count..<shape.count).contains(axis) else {
      throw node.malformed("there is no axis \(axis) of the shape [\(Excerpt.list(shape))]")
    }
    return axis < 0 ? axis + shape.count : axis
  }
}
