/// The product of matrices: y `[..., M, N]` from a `[..., M, K]` and b `[..., K, N]`, either of which may be given transposed.
///
/// The axes before are a batch. As in NumPy and ONNX they are broadcast: aligned at their last ones, where those that are missing or 1
/// are repeated.
public struct Matmul: Hashable, Sendable {
  /// The extents of a.
  public let aShape: Shape
  /// The extents of b.
  public let bShape: Shape
  /// Whether a is `[..., K, M]`.
  public let transposesA: Bool
  /// Whether b is `[..., N, K]`.
  public let transposesB: Bool
  /// The extents of y.
  public let outputShape: Shape
  /// The broadcast axes of the batch.
  let batchShape: Shape

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a tensor is no matrix, if the terms of a and b differ or the batches cannot be
  ///   broadcast; (`tooLarge`) if a tensor would be.
  public init(
    _ aShape: Shape, _ bShape: Shape, transposesA: Bool = false, transposesB: Bool = false
  ) throws(DeltaCLError) {
    try aShape.validate("matmul a")
    try bShape.validate("matmul b")
    guard aShape.dimensions.count >= 2, bShape.dimensions.count >= 2 else {
      throw DeltaCLError(.invalidDescriptor, "matmul: the shapes \(aShape) and \(bShape) must have two axes at least")
    }
    self.aShape = aShape
    self.bShape = bShape
    self.transposesA = transposesA
    self.transposesB = transposesB
    let (a, b) = (aShape.matrix(transposed: transposesA), bShape.matrix(transposed: transposesB))
    guard a.columns == b.rows else {
      throw DeltaCLError(
        .invalidDescriptor,
        "matmul: a of shape \(aShape) has \(a.columns) columns and b of shape \(bShape) \(b.rows) rows, which must be as many; "
          + "transpose one of them")
    }
    guard let batch = aShape.batch.broadcast(with: bShape.batch) else {
      throw DeltaCLError(
        .invalidDescriptor,
        "matmul: the batches of the shapes \(aShape) and \(bShape) cannot be broadcast to each other")
    }
    batchShape = batch
    outputShape = Shape(batch.dimensions + [a.rows, b.columns])
    try outputShape.validate("matmul output")
  }

  /// M.
  var rows: Int { aShape.matrix(transposed: transposesA).rows }
  /// N.
  var columns: Int { bShape.matrix(transposed: transposesB).columns }
  /// K.
  var terms: Int { aShape.matrix(transposed: transposesA).columns }

  /// The places of an element of y, of a and of b for each matrix of the batch.
  var matrices: (count: Int, a: StridedRegion, b: StridedRegion) {
    (batchShape.elementCount, region(of: aShape.batch, rows * terms), region(of: bShape.batch, terms * columns))
  }

  /// Where each matrix of the batch begins in a tensor, as x, and where it would without broadcasting, as y.
  private func region(of batch: Shape, _ elements: Int) -> StridedRegion {
    let missing = batchShape.dimensions.count - batch.dimensions.count
    let extents = [Int](repeating: 1, count: missing) + batch.dimensions
    let axes = zip(zip(extents, Shape(extents).strides), zip(batchShape.dimensions, batchShape.strides)).map { x, y in
      StridedCopy.Axis(extent: y.0, xStride: x.0 == 1 ? 0 : x.1 * elements, yStride: y.1 * elements)
    }
    return StridedRegion(axes: axes, xOffset: 0, yOffset: 0)
  }
}

extension Shape {
  /// The axes before those of a matrix.
  fileprivate var batch: Shape { Shape(dimensions.dropLast(2)) }

  /// Rows and columns of the matrix that the last two axes are.
  fileprivate func matrix(transposed: Bool) -> (rows: Int, columns: Int) {
    let (outer, inner) = (dimensions[dimensions.count - 2], dimensions[dimensions.count - 1])
    return transposed ? (inner, outer) : (outer, inner)
  }

  /// The shape that two are broadcast to; `nil` if there is none.
  fileprivate func broadcast(with other: Shape) -> Shape? {
    let rank = max(dimensions.count, other.dimensions.count)
    func aligned(_ shape: Shape) -> [Int] {
      [Int](repeating: 1, count: rank - shape.dimensions.count) + shape.dimensions
    }
    var extents: [Int] = []
    for (a, b) in zip(aligned(self), aligned(other)) {
      guard a == b || a == 1 || b == 1 else { return nil }
      extents.append(a == 1 ? b : a)
    }
    return Shape(extents)
  }
}

extension Matmul: Operation {
  var name: String { "matmul" }
  var floatingPointOperations: Int { 2 * outputShape.elementCount * terms }
  var acceptsEpilogue: Bool { convolutionPass != nil }

  var operands: [Operand] { [.read("a", aShape), .read("b", bShape), .write("y", outputShape)] }

  /// A dense layer if b is one matrix, or several, if a is not transposed and neither has to be repeated for that.
  var convolutionPass: ConvolutionPass? {
    guard !transposesA, terms > 0, outputShape.elementCount > 0 else { return nil }
    let count = batchShape.elementCount
    let (aCount, bCount) = (aShape.batch.elementCount, bShape.batch.elementCount)
    if bCount == 1, aCount == count { return pass(rows: count * rows) }
    guard bCount == count, aCount == 1 || aCount == count, var pass = pass(rows: rows) else { return nil }
    pass.products = count
    pass.sharesFirst = aCount == 1
    return pass
  }

  private func pass(rows: Int) -> ConvolutionPass? {
    let (inputs, outputs) = transposesB ? (terms, columns) : (columns, terms)
    guard let dense = try? Dense(batch: rows, inputs: inputs, outputs: outputs) else { return nil }
    return ConvolutionPass(transposesB ? .forward : .delta, dense)
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.matmul(self, a: f[0].span, b: f[1].span, y: f[2].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let count = batchShape.elementCount
    guard outputShape.elementCount > 0, terms > 0 else {
      list.append(planner.fill(.operand(2), count: outputShape.elementCount, value: 0))
      return list
    }
    var planner = planner
    planner.choice = nil
    if count == 1, transposesA, !transposesB {
      let dense = try Dense(batch: terms, inputs: columns, outputs: rows)
      list.append(
        try planner.decide(.denseGradient(dense)).launches, on: [.operand(1), .operand(0), .operand(2)])
      return list
    }
    // What must be transposed or repeated is written to scratch first.
    let (aCount, bCount) = (aShape.batch.elementCount, bShape.batch.elementCount)
    let repeatsA = aCount != count && (aCount != 1 || bCount != count)
    let repeatsB = bCount != count && (bCount != 1 || aCount != count)
    let regions = matrices
    var (a, b, aBatch, bBatch) = (Launch.Argument.operand(0), Launch.Argument.operand(1), aShape.batch, bShape.batch)
    if repeatsA || transposesA {
      if repeatsA { aBatch = batchShape }
      let matrix = [
        StridedCopy.Axis(extent: rows, xStride: transposesA ? 1 : terms, yStride: terms),
        StridedCopy.Axis(extent: terms, xStride: transposesA ? rows : 1, yStride: 1),
      ]
      a = try list.scratch(.float32, aBatch.elementCount * rows * terms, for: "matmul a")
      try planner.copy(regions.a.copying(matrix, aCount, repeated: repeatsA), from: .operand(0), to: a, &list)
    }
    if repeatsB {
      bBatch = batchShape
      let matrix = [StridedCopy.Axis(extent: terms * columns, xStride: 1, yStride: 1)]
      b = try list.scratch(.float32, count * terms * columns, for: "matmul b")
      try planner.copy(regions.b.copying(matrix, bCount, repeated: true), from: .operand(1), to: b, &list)
    }
    let product = try Matmul(
      Shape(aBatch.dimensions + [rows, terms]),
      Shape(bBatch.dimensions + (transposesB ? [columns, terms] : [terms, columns])), transposesB: transposesB)
    list.append(try planner.decide(.matmul(product)).launches, on: [a, b, .operand(2)])
    return list
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    let (a, b) = (scope.operand(0), scope.operand(1))
    if scope.wantsDelta(of: 1) {
      if bShape.batch.elementCount == 1, aShape.batch.elementCount == batchShape.elementCount, !transposesA {
        // The sum over the batch is one over more rows.
        let rows = batchShape.elementCount * self.rows
        let (x, delta): (Shape, Shape) = ([rows, terms], [rows, columns])
        let product = try transposesB ? Matmul(delta, x, transposesA: true) : Matmul(x, delta, transposesA: true)
        try scope.contribute(.matmul(product), transposesB ? [dy, a] : [a, dy], to: 1)
      } else if transposesB {
        try contribute(
          Matmul(outputShape, aShape, transposesA: true, transposesB: transposesA), [dy, a], to: 1, bShape, in: &scope)
      } else {
        try contribute(Matmul(aShape, outputShape, transposesA: !transposesA), [a, dy], to: 1, bShape, in: &scope)
      }
    }
    guard scope.wantsDelta(of: 0) else { return }
    if transposesA {
      try contribute(
        Matmul(bShape, outputShape, transposesA: transposesB, transposesB: true), [b, dy], to: 0, aShape, in: &scope)
    } else {
      try contribute(Matmul(outputShape, bShape, transposesB: !transposesB), [dy, b], to: 0, aShape, in: &scope)
    }
  }

  /// Contributes a product, summed over the axes along which the operand was repeated.
  private func contribute<Scope: DifferentiationScope>(
    _ product: Matmul, _ inputs: [Scope.Value], to index: Int, _ shape: Shape, in scope: inout Scope
  ) throws {
    guard let delta = try scope.append(.matmul(product), inputs).first else { return }
    if product.outputShape.elementCount == shape.elementCount { return scope.contribute(delta, to: index) }
    let sum = try StridedCopy.expand(shape, to: product.outputShape).adjoint
    try scope.contribute(.stridedCopy(sum), [delta], to: index)
  }

  static let command = OperationCommand(
    "matmul", attributes: [.transposeA, .transposeB], tensors: [.anyShape("a"), .anyShape("b")], results: ["y"]
  ) { arguments in
    [
      .matmul(
        try Matmul(
          arguments.shape("a"), arguments.shape("b"), transposesA: arguments.required(.transposeA),
          transposesB: arguments.required(.transposeB)))
    ]
  }
}

extension StridedRegion {
  /// The matrices of a batch at these places, or at those in x alone without repeating them.
  fileprivate func copying(_ matrix: [Axis], _ count: Int, repeated: Bool) -> StridedRegion {
    let elements = matrix.reduce(1) { $0 * $1.extent }
    let batch = repeated ? axes : [Axis(extent: count, xStride: elements, yStride: elements)]
    return StridedRegion(axes: batch + matrix, xOffset: 0, yOffset: 0)
  }
}

extension TensorOperation {
  /// a, b to y, their matrix product.
  public static func matmul(_ matmul: Matmul) -> Self { Self(matmul) }
}

extension OperationAttribute {
  fileprivate static let transposeA = flag("transpose-a", default: "false")
  fileprivate static let transposeB = flag("transpose-b", default: "false")
}
