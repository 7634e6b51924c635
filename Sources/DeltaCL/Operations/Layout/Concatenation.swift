/// Tensors joined along an axis, one after the other.
public struct Concatenation: Hashable, Sendable {
  /// The extents of each tensor.
  public let inputShapes: [Shape]
  /// The axis, counted from the first.
  public let axis: Int
  /// The extents of the result.
  public let outputShape: Shape
  /// The type of all elements.
  public let elementType: ElementType

  /// Creates a descriptor.
  ///
  /// - Parameters:
  ///   - inputShapes: The extents of each tensor, at least of one; they may differ along the axis alone.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - elementType: The type of all elements.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a shape differs elsewhere or the axis is out of range.
  public init(_ inputShapes: [Shape], axis: Int, elementType: ElementType = .float32) throws(DeltaCLError) {
    guard let first = inputShapes.first else {
      throw DeltaCLError(.invalidDescriptor, "concat: there are no tensors; give at least one")
    }
    let axis = try first.axis(axis, "concat")
    var extents = first.dimensions
    extents[axis] = 0
    for (index, shape) in inputShapes.enumerated() {
      try shape.validate("concat input \(index + 1)")
      var others = shape.dimensions
      if others.count == extents.count { others[axis] = extents[axis] }
      guard others == extents else {
        throw DeltaCLError(
          .invalidDescriptor,
          "concat: the shape \(shape) differs from \(first) in more than axis \(axis), along which they are joined")
      }
      extents[axis] += shape.dimensions[axis]
      // Before the next one is added, so that no sum overflows.
      try Shape([extents[axis]]).validate("concat axis")
    }
    self.inputShapes = inputShapes
    self.axis = axis
    self.elementType = elementType
    outputShape = Shape(extents)
    try outputShape.validate("concat output")
  }

  /// Where each tensor goes in the result.
  var regions: [StridedRegion] {
    let yStrides = outputShape.strides
    var start = 0
    return inputShapes.map { shape in
      defer { start += shape.dimensions[axis] }
      let axes = zip(shape.dimensions, zip(shape.strides, yStrides)).map {
        StridedCopy.Axis(extent: $0, xStride: $1.0, yStride: $1.1)
      }
      return StridedRegion(axes: axes, xOffset: 0, yOffset: start * yStrides[axis])
    }
  }
}

extension Concatenation: Operation {
  var name: String { "concat" }

  var operands: [Operand] {
    inputShapes.enumerated().map { .read("x\($0 + 1)", $1, elementType) } + [.write("y", outputShape, elementType)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    for (index, region) in regions.enumerated() {
      switch elementType {
      case .float32: Reference.copy(region, x: f[index].span, y: f[inputShapes.count].mutableSpan)
      case .int32: Reference.copy(region, x: i[index].span, y: i[inputShapes.count].mutableSpan)
      }
    }
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    for (index, region) in regions.enumerated() {
      try planner.copy(region, from: .operand(index), to: .operand(inputShapes.count), &list)
    }
    return list
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    let parts = try StridedCopy.split(outputShape, sizes: inputShapes.map { $0.dimensions[axis] }, axis: axis)
    for (index, part) in parts.enumerated() { try scope.contribute(.stridedCopy(part), [dy], to: index) }
  }

  private static let mostTensors = 8

  static let command = OperationCommand(
    "concat", attributes: [.axis],
    tensors: [.anyShape("x1")] + (2...mostTensors).map { .optionalAnyShape("x\($0)") }, results: ["y"]
  ) { arguments in
    let names = (1...mostTensors).map { "x\($0)" }.prefix { arguments.has($0) }
    return [.concat(try Concatenation(names.map { try arguments.shape($0) }, axis: arguments.axis))]
  }
}

extension TensorOperation {
  /// x1, x2 and so on to y, joined along an axis.
  public static func concat(_ concatenation: Concatenation) -> Self { Self(concatenation) }
}

extension OperationAttribute {
  static let axis = integer("axis", default: "0")
}

extension OperationArguments {
  var axis: Int { get throws(DeltaCLError) { try required(.axis) } }
}
