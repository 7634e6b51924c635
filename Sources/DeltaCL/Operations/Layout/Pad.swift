/// A tensor with more places before and after those of each axis.
public struct Pad: Hashable, Sendable {
  /// What the added elements are.
  public enum Mode: Hashable, Sendable {
    /// A number; for `int32` one that is whole.
    case constant(Float)
    /// The tensor mirrored at its first and last places, which are not repeated: 3 2 | 1 2 3 | 2 1.
    case reflect
    /// The first or last place: 1 1 | 1 2 3 | 3 3.
    case edge
    /// The tensor once more: 2 3 | 1 2 3 | 1 2.
    case wrap
  }

  /// The extents of x.
  public let inputShape: Shape
  /// The places before the first one, along each axis.
  public let before: [Int]
  /// The places after the last one, along each axis.
  public let after: [Int]
  /// What the added elements are.
  public let mode: Mode
  /// The type of the elements.
  public let elementType: ElementType

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if there is not a number of at least 0 for each axis, if an axis is too short to be
  ///   continued (reflection takes two places, the others one), or for a number that the elements cannot have.
  public init(
    _ inputShape: Shape, before: [Int], after: [Int], mode: Mode = .constant(0), elementType: ElementType = .float32
  ) throws(DeltaCLError) {
    self.inputShape = inputShape
    self.before = before
    self.after = after
    self.mode = mode
    self.elementType = elementType
    try inputShape.validate("pad input")
    let rank = inputShape.dimensions.count
    guard before.count == rank, after.count == rank,
      (before + after).allSatisfy({ (0...Shape.maximumElementCount).contains($0) })
    else {
      throw DeltaCLError(
        .invalidDescriptor,
        "pad: the places before \(Shape(before)) and after \(Shape(after)) must be numbers of at least 0, one for each axis of "
          + "\(inputShape)")
    }
    try outputShape.validate("pad output")
    if let axis = inputShape.dimensions.indices.first(where: {
      inputShape.dimensions[$0] < mode.leastExtent && before[$0] + after[$0] > 0
    }) {
      throw DeltaCLError(
        .invalidDescriptor,
        "pad: axis \(axis) of the shape \(inputShape) must have at least \(mode.leastExtent) places for the mode \(mode.name)"
      )
    }
    if case .constant(let value) = mode, elementType == .int32, Int32(exactly: value) == nil {
      throw DeltaCLError(.invalidDescriptor, "pad: \(value) is no int32; give a whole number of 32 bits")
    }
  }

  /// The extents of y.
  public var outputShape: Shape {
    Shape(inputShape.dimensions.indices.map { before[$0] + inputShape.dimensions[$0] + after[$0] })
  }
}

extension Pad.Mode {
  /// The name in the command line.
  var name: String {
    switch self {
    case .constant: "constant"
    case .reflect: "reflect"
    case .edge: "edge"
    case .wrap: "wrap"
    }
  }

  /// The fewest places that can be continued.
  var leastExtent: Int {
    switch self {
    case .constant: 0
    case .reflect: 2
    case .edge, .wrap: 1
    }
  }

  static let names = ["constant", "reflect", "edge", "wrap"]

  init(_ name: String, value: Float) {
    self =
      switch name {
      case "reflect": .reflect
      case "edge": .edge
      case "wrap": .wrap
      default: .constant(value)
      }
  }

  /// The place along an axis of `extent` places that the place `index` is taken from, which lies outside if it is negative or not
  /// below it; `nil` for a constant.
  func source(_ index: Int, extent: Int) -> Int? {
    if (0..<extent).contains(index) { return index }
    switch self {
    case .constant: return nil
    case .edge: return index < 0 ? 0 : extent - 1
    case .wrap: return index.modulo(extent)
    case .reflect:
      let phase = index.modulo(2 * (extent - 1))
      return min(phase, 2 * (extent - 1) - phase)
    }
  }
}

extension Int {
  /// The remainder that is not negative.
  func modulo(_ divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

extension Pad: Operation {
  var name: String { "pad" }

  var operands: [Operand] { [.read("x", inputShape, elementType), .write("y", outputShape, elementType)] }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    let value: Float = if case .constant(let value) = mode { value } else { 0 }
    switch elementType {
    case .float32: Reference.pad(self, value: Double(value), x: f[0].span, y: f[1].mutableSpan)
    case .int32: Reference.pad(self, value: Int32(value), x: i[0].span, y: i[1].mutableSpan)
    }
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    if case .constant(let value) = mode, inputShape != outputShape {
      // Elements of int32 are filled in as the bits of floats.
      let bits = elementType == .int32 ? Float(bitPattern: UInt32(bitPattern: Int32(value))) : value
      list.append(planner.fill(.operand(1), count: outputShape.elementCount, value: bits))
    }
    try planner.copy(inside, from: .operand(0), to: .operand(1), &list)
    for region in borders { try planner.copy(region, from: .operand(1), to: .operand(1), &list) }
    return list
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.padDelta(self), [dy], to: 0)
  }

  static let command = OperationCommand(
    "pad", attributes: [.before, .after, .padMode, .padValue], tensors: [.anyShape("x")], results: ["y"]
  ) { arguments in [.pad(try Pad(arguments.shape("x"), arguments))] }

  fileprivate init(_ shape: Shape, _ arguments: OperationArguments) throws(DeltaCLError) {
    try self.init(
      shape, before: arguments.required(.before), after: arguments.required(.after),
      mode: Mode(arguments.required(.padMode), value: arguments.required(.padValue)))
  }
}

extension TensorOperation {
  /// x to y, with elements added around x.
  public static func pad(_ pad: Pad) -> Self { Self(pad) }

  /// dy to dx.
  public static func padDelta(_ pad: Pad) -> Self { Self(PadDelta(pad: pad)) }

  /// The delta of what was padded: each element's, and those of the elements that it was copied to.
  public struct PadDelta: Operation {
    /// The padding, of `float32` elements.
    public let pad: Pad

    var name: String { "pad-delta" }
    var operands: [Operand] { [.read("dy", pad.outputShape), .write("dx", pad.inputShape)] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.padDelta(pad, dy: f[0].span, dx: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      let borders = pad.borders
      guard !borders.isEmpty else {
        try planner.copy(pad.inside.adjoint, from: .operand(0), to: .operand(1), &list)
        return list
      }
      // The borders' deltas are added where the borders were copied from, the last ones first.
      let count = pad.outputShape.elementCount
      let whole = StridedRegion(
        axes: [StridedCopy.Axis(extent: count, xStride: 1, yStride: 1)], xOffset: 0, yOffset: 0)
      let sums = try list.scratch(.float32, count, for: "padded deltas")
      try planner.copy(whole, from: .operand(0), to: sums, &list)
      for region in borders.reversed() {
        try planner.copy(region.adjoint, from: sums, to: sums, accumulates: true, &list)
      }
      try planner.copy(pad.inside.adjoint, from: sums, to: .operand(1), &list)
      return list
    }

    static let command = OperationCommand(
      "pad-delta", attributes: [.inputShape, .before, .after, .padMode], tensors: [.anyShape("dy")], results: ["dx"]
    ) { arguments in
      let pad = try Pad(
        Shape(arguments.required(.inputShape)), before: arguments.required(.before), after: arguments.required(.after),
        mode: Pad.Mode(arguments.required(.padMode), value: 0))
      return [.padDelta(pad)]
    }
  }
}

extension OperationAttribute {
  static let inputShape = integers("input-shape", default: "EXTENT,...", isRequired: true)
  fileprivate static let before = integers("before", default: "COUNT,...", isRequired: true)
  fileprivate static let after = integers("after", default: "COUNT,...", isRequired: true)
  fileprivate static let padMode = choice("mode", default: "constant", Pad.Mode.names)
  fileprivate static let padValue = number("value", default: "0", "a number") { _ in true }
}
