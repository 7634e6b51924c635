/// Rows of a tensor by their indices along an axis: of x `[..., extent, ...]` and indices `[...]` to y, whose shape is that of x with the
/// indices' in place of the axis. An embedding is this along the first axis.
///
/// A negative index counts from the end. Where an index is out of range y is NaN or the least integer.
public struct Gather: Hashable, Sendable {
  /// The extents of x.
  public let inputShape: Shape
  /// The extents of the indices.
  public let indicesShape: Shape
  /// The axis of x, counted from the first.
  public let axis: Int
  /// The type of the elements of x and y.
  public let elementType: ElementType

  /// Creates a descriptor.
  ///
  /// - Parameters:
  ///   - inputShape: The extents of x.
  ///   - indicesShape: The extents of the indices, which take the place of the axis in y.
  ///   - axis: The axis of x; a negative one counts from the end.
  ///   - elementType: The type of the elements of x and y.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the axis is out of range, (`tooLarge`) if a tensor would be.
  public init(
    _ inputShape: Shape, indices indicesShape: Shape, axis: Int = 0, elementType: ElementType = .float32
  ) throws(DeltaCLError) {
    try inputShape.validate("gather input")
    try indicesShape.validate("gather indices")
    self.inputShape = inputShape
    self.indicesShape = indicesShape
    self.axis = try inputShape.axis(axis, "gather")
    self.elementType = elementType
    try outputShape.validate("gather output")
  }

  /// The extents of y.
  public var outputShape: Shape {
    Shape(
      inputShape.dimensions[..<axis] + indicesShape.dimensions + inputShape.dimensions[(axis + 1)...])
  }

  /// The rows of x in an outer place, whose indices are valid.
  var extent: Int { inputShape.dimensions[axis] }
  /// The rows of y in an outer place.
  var count: Int { indicesShape.elementCount }
  /// The places of the axes before.
  var outer: Int { Shape(Array(inputShape.dimensions[..<axis])).elementCount }
  /// The elements of a row.
  var inner: Int { Shape(Array(inputShape.dimensions[(axis + 1)...])).elementCount }

  fileprivate var indices: Operand { .read("indices", indicesShape, .int32, in: -extent..<extent) }
}

extension Gather: Operation {
  var name: String { "gather" }

  var operands: [Operand] {
    [.read("x", inputShape, elementType), indices, .write("y", outputShape, elementType)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    switch elementType {
    case .float32: Reference.gather(self, missing: .nan, x: f[0].span, indices: i[1].span, y: f[2].mutableSpan)
    case .int32: Reference.gather(self, missing: .min, x: i[0].span, indices: i[1].span, y: i[2].mutableSpan)
    }
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    if outputShape.elementCount == 0 { return LaunchList() }
    let (rows, items) = planner.shareRows(outer * count, of: inner)
    let missing = elementType == .float32 ? Int(Float.nan.bitPattern) : Int(Int32.min)
    return LaunchList(
      Launch(
        "gather", in: "layout/gather", constants: ["V": planner.maximumVectorWidth],
        [
          "x": .operand(0), "indices": .operand(1), "y": .operand(2), "count": .int(count), "extent": .int(extent),
          "inner": .int(inner), "missing": .int(missing),
        ] + rows, globalSize: [items]))
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.scatterAdd(self), [dy, scope.operand(1)], to: 0)
  }

  static let command = OperationCommand(
    "gather", attributes: [.axis], tensors: [.anyShape("x"), .anyShape("indices", .int32)], results: ["y"]
  ) { arguments in
    [.gather(try Gather(arguments.shape("x"), indices: arguments.shape("indices"), axis: arguments.axis))]
  }
}

extension TensorOperation {
  /// x, indices to y, the rows of x at the indices.
  public static func gather(_ gather: Gather) -> Self { Self(gather) }

  /// x, of the shape of what is gathered, and indices to y, of the shape of what it is gathered from: each row of y is the sum of
  /// those of x that have its index, in their order. It is the delta of ``gather(_:)``, and that is its own: dy, indices to dx.
  public static func scatterAdd(_ gather: Gather) -> Self { Self(ScatterAdd(gather: gather)) }

  /// Sums of rows by their indices. Rows whose index is out of range are left out.
  public struct ScatterAdd: Operation {
    /// What the sums are the delta of, of `float32` elements.
    public let gather: Gather

    /// The work-items that each read all indices, on a device whose items are long loops, and on others.
    private static let listItems = (few: 16, many: 1024)

    var name: String { "scatter-add" }
    var floatingPointOperations: Int { gather.outputShape.elementCount }

    var operands: [Operand] {
      [.read("x", gather.outputShape), gather.indices, .write("y", gather.inputShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.scatterAdd(gather, x: f[0].span, indices: i[1].span, y: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      if gather.inputShape.elementCount == 0 { return list }
      let heads = try list.scratch(.int32, gather.extent, for: "list heads")
      let next = try list.scratch(.int32, gather.count, for: "lists")
      let listItems = planner.itemsTakeAllChannels ? Self.listItems.few : Self.listItems.many
      let perItem = ceilingDivision(gather.extent, listItems)
      list.append(
        Launch(
          "scatter_lists", in: "layout/gather", constants: ["V": planner.maximumVectorWidth],
          [
            "indices": .operand(1), "heads": heads, "next": next, "count": .int(gather.count),
            "extent": .int(gather.extent), "perItem": .int(perItem),
          ], globalSize: [ceilingDivision(gather.extent, perItem)]))
      let (rows, items) = planner.shareRows(gather.outer * gather.extent, of: gather.inner)
      list.append(
        Launch(
          "scatter_add", in: "layout/gather", constants: ["V": planner.maximumVectorWidth],
          [
            "x": .operand(0), "heads": heads, "next": next, "y": .operand(2), "count": .int(gather.count),
            "extent": .int(gather.extent), "inner": .int(gather.inner),
            "part": .int(SumParts.longestChain(of: gather.count)),
          ] + rows, globalSize: [items]))
      return list
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.gather(gather), [dy, scope.operand(1)], to: 0)
    }

    static let command = OperationCommand(
      "scatter-add", attributes: [.outputShape, .axis],
      tensors: [.anyShape("x"), .anyShape("indices", .int32)], results: ["y"]
    ) { arguments in
      let shape = try Shape(arguments.required(.outputShape))
      return [.scatterAdd(try Gather(shape, indices: arguments.shape("indices"), axis: arguments.axis))]
    }
  }
}

extension OperationAttribute {
  fileprivate static let outputShape = integers("output-shape", default: "EXTENT,...", isRequired: true)
}
