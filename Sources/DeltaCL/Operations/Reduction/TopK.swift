/// The k greatest or least elements along an axis: of x `[..., extent, ...]` to values and positions `[..., k, ...]`.
///
/// They come in their order, the greatest first or the least, and of equal ones the first first. A NaN is greater than all
/// numbers, as in PyTorch.
public struct TopK: Hashable, Sendable {
  /// The extents of x.
  public let inputShape: Shape
  /// How many elements are chosen.
  public let k: Int
  /// The axis, counted from the first.
  public let axis: Int
  /// Whether the greatest are chosen, else the least.
  public let takesGreatest: Bool

  /// Creates a descriptor.
  ///
  /// The time grows with `k` times the number of elements that displace others: with random data and a `k` far below the extent that
  /// is little more than reading x.
  ///
  /// - Parameters:
  ///   - inputShape: The extents of x.
  ///   - k: How many elements are chosen, at most the extent of the axis.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - takesGreatest: Whether the greatest are chosen, else the least.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the axis is out of range or has fewer elements, (`tooLarge`) if a tensor would be.
  public init(_ inputShape: Shape, k: Int, axis: Int = -1, takesGreatest: Bool = true) throws(DeltaCLError) {
    try inputShape.validate("top-k input")
    self.inputShape = inputShape
    self.k = k
    self.axis = try inputShape.axis(axis, "top-k")
    self.takesGreatest = takesGreatest
    guard (0...extent).contains(k) else {
      throw DeltaCLError(
        .invalidDescriptor,
        "top-k: k is \(k) and must be from 0 to \(extent), the extent of axis \(self.axis) of \(inputShape)")
    }
  }

  /// The extents of the results.
  public var outputShape: Shape {
    var extents = inputShape.dimensions
    extents[axis] = k
    return Shape(extents)
  }

  /// The elements that each list is chosen from.
  var extent: Int { inputShape.dimensions[axis] }
  /// The places of the axes before.
  var outer: Int { Shape(Array(inputShape.dimensions[..<axis])).elementCount }
  /// The places of the axes after.
  var inner: Int { Shape(Array(inputShape.dimensions[(axis + 1)...])).elementCount }
}

extension TopK: Operation {
  /// The ranges of an axis at most; `top-k.cl` has the same number.
  private static let mostSplits = 16
  /// The least elements of a range that are worth a second launch.
  private static let leastElements = 1024

  var name: String { "top-k" }

  var operands: [Operand] {
    [.read("x", inputShape), .write("values", outputShape), .write("positions", outputShape, .int32)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.topK(self, x: f[0].span, values: f[1].mutableSpan, positions: i[2].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    if outputShape.elementCount == 0 { return list }
    let lists = outer * inner, constants = ["LEAST": takesGreatest ? 0 : 1]
    let splits = max(1, min(Self.mostSplits, extent / max(k, Self.leastElements)))
    let isWhole = splits == 1
    let values = isWhole ? .operand(1) : try list.scratch(.float32, splits * lists * k, for: "values of ranges")
    let positions = isWhole ? .operand(2) : try list.scratch(.int32, splits * lists * k, for: "positions of ranges")
    list.append(
      Launch(
        "top_k_ranges", in: "reduction/top-k", constants: constants,
        [
          "x": .operand(0), "values": values, "positions": positions, "lists": .int(lists * splits),
          "extent": .int(extent), "inner": .int(inner), "k": .int(k), "splits": .int(splits),
        ], globalSize: [lists * splits]))
    if isWhole { return list }
    list.append(
      Launch(
        "top_k_merge", in: "reduction/top-k", constants: constants,
        [
          "partValues": values, "partPositions": positions, "values": .operand(1), "positions": .operand(2),
          "lists": .int(lists), "inner": .int(inner), "k": .int(k), "splits": .int(splits),
        ], globalSize: [lists]))
    return list
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.topKDelta(self), [dy, scope.operand(2)], to: 0)
  }

  static let command = OperationCommand(
    "top-k", attributes: [.k, .lastAxis, .largest], tensors: [.anyShape("x")],
    results: ["values", OperationResult("positions", "along the axis")]
  ) { arguments in
    [
      .topK(
        try TopK(
          arguments.shape("x"), k: arguments.required(.k), axis: arguments.required(.lastAxis),
          takesGreatest: arguments.required(.largest)))
    ]
  }
}

extension TensorOperation {
  /// x to values and positions, the k greatest or least elements.
  public static func topK(_ topK: TopK) -> Self { Self(topK) }

  /// dy, of the shape of the values, and positions to dx.
  public static func topKDelta(_ topK: TopK) -> Self { Self(TopKDelta(topK: topK)) }

  /// The delta of the choice of the k greatest or least: each place that was chosen gets what reached it, the others 0.
  public struct TopKDelta: Operation {
    /// The choice.
    public let topK: TopK

    var name: String { "top-k-delta" }

    var operands: [Operand] {
      [
        .read("dy", topK.outputShape), .read("positions", topK.outputShape, .int32, in: 0..<topK.extent),
        .write("dx", topK.inputShape),
      ]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.topKDelta(topK, dy: f[0].span, positions: i[1].span, dx: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      var list = LaunchList()
      if topK.inputShape.elementCount == 0 { return list }
      list.append(planner.fill(.operand(2), count: topK.inputShape.elementCount, value: 0))
      let lists = topK.outer * topK.inner
      list.append(
        Launch(
          "top_k_delta", in: "reduction/top-k", constants: ["LEAST": topK.takesGreatest ? 0 : 1],
          [
            "dy": .operand(0), "positions": .operand(1), "dx": .operand(2), "lists": .int(lists),
            "extent": .int(topK.extent), "inner": .int(topK.inner), "k": .int(topK.k),
          ], globalSize: [lists]))
      return list
    }

    static let command = OperationCommand(
      "top-k-delta", attributes: [.inputShape, .lastAxis],
      tensors: [.anyShape("dy"), .anyShape("positions", .int32)], results: ["dx"]
    ) { arguments in
      let shape = try Shape(arguments.required(.inputShape))
      let chosen = try arguments.shape("dy").dimensions
      let place = try shape.axis(arguments.required(.lastAxis), "top-k-delta")
      guard chosen.indices.contains(place) else {
        throw DeltaCLError(.mismatch, "top-k-delta: dy of shape \(Shape(chosen)) has no axis \(place)")
      }
      return [.topKDelta(try TopK(shape, k: chosen[place], axis: place))]
    }
  }
}

extension OperationAttribute {
  fileprivate static let k = integer("k", default: "K", isRequired: true)
  fileprivate static let lastAxis = integer("axis", default: "-1")
  fileprivate static let largest = flag("largest", default: "true")
}
