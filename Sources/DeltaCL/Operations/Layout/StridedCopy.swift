/// A copy of elements from one strided place to another: what transposes, slices, expansions and all other operations are that move
/// elements without looking at them.
///
///     y[yOffset + sum of i[a] * yStride[a]] = x[xOffset + sum of i[a] * xStride[a]]    for all 0 <= i[a] < extent[a]
///
/// Along an axis whose `xStride` is 0 an element is repeated. Along one whose `yStride` is 0 elements are summed, which is what the
/// delta of a repetition does: the ``adjoint`` of a strided copy is one too, with the roles of x and y exchanged. Elements of y that
/// none of x goes to become 0.
///
/// ``transpose(_:axes:elementType:)`` and the other static functions make those that have names.
public struct StridedCopy: Hashable, Sendable {
  /// An axis of the elements that are copied.
  public struct Axis: Hashable, Sendable {
    /// The places along the axis.
    public let extent: Int
    /// The distance of two neighbouring places in x, in elements; may be negative.
    public let xStride: Int
    /// The same in y.
    public let yStride: Int

    /// Creates an axis.
    public init(extent: Int, xStride: Int, yStride: Int) {
      self.extent = extent
      self.xStride = xStride
      self.yStride = yStride
    }
  }

  /// The extents of x.
  public let inputShape: Shape
  /// The extents of y.
  public let outputShape: Shape
  /// The type of the elements of both.
  public let elementType: ElementType
  let region: StridedRegion

  /// The most axes with more than one place.
  public static let maximumAxisCount = StridedRegion.maximumRank - 1

  /// Creates a descriptor.
  ///
  /// - Parameters:
  ///   - inputShape: The extents of x.
  ///   - outputShape: The extents of y.
  ///   - axes: In any order; those of one place do not matter.
  ///   - xOffset: The element of x that all axes begin at.
  ///   - yOffset: The same in y.
  ///   - elementType: The type of all elements.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a place lies outside of x or y, if two places that differ along an axis
  ///   with a stride share an element, if an axis moves in neither tensor or there are too many, and for sums of integers.
  public init(
    from inputShape: Shape, to outputShape: Shape, axes: [Axis], xOffset: Int = 0, yOffset: Int = 0,
    elementType: ElementType = .float32
  ) throws(DeltaCLError) {
    self.init(
      from: inputShape, to: outputShape, StridedRegion(axes: axes, xOffset: xOffset, yOffset: yOffset), elementType)
    try inputShape.validate("strided-copy input")
    try outputShape.validate("strided-copy output")
    func fail(_ message: String) -> DeltaCLError { DeltaCLError(.invalidDescriptor, "strided-copy: \(message)") }
    if let axis = axes.first(where: { $0.extent < 0 }) {
      throw fail("an axis has \(axis.extent) places, and must not have fewer than 0")
    }
    if region.isEmpty { return }
    let axes = axes.filter { $0.extent > 1 }
    guard axes.count <= Self.maximumAxisCount else {
      throw fail("\(axes.count) axes are more than \(Self.maximumAxisCount): copy in two steps")
    }
    guard axes.allSatisfy({ $0.xStride != 0 || $0.yStride != 0 }) else {
      throw fail("an axis moves neither in x nor in y: leave it out")
    }
    guard elementType == .float32 || axes.allSatisfy({ $0.yStride != 0 }) else {
      throw fail("elements of \(elementType) are not summed: use float32, or an axis with a stride in y")
    }
    for (name, shape, offset, strides) in [
      ("x", inputShape, xOffset, axes.map { (extent: $0.extent, stride: $0.xStride) }),
      ("y", outputShape, yOffset, axes.map { (extent: $0.extent, stride: $0.yStride) }),
    ] {
      guard Self.areInside(strides, offset: offset, count: shape.elementCount) else {
        throw fail("a place lies outside of \(name) of shape \(shape)")
      }
      guard Self.areDistinct(strides) else { throw fail("two places share an element of \(name) of shape \(shape)") }
    }
  }

  /// A descriptor whose places are known to be valid.
  private init(from inputShape: Shape, to outputShape: Shape, _ region: StridedRegion, _ elementType: ElementType) {
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.elementType = elementType
    self.region = region
  }

  /// The axes, as they were given.
  public var axes: [Axis] { region.axes }
  /// The element of x that all axes begin at.
  public var xOffset: Int { region.xOffset }
  /// The element of y that all axes begin at.
  public var yOffset: Int { region.yOffset }

  /// The copy back, from y to x: the delta of this one.
  public var adjoint: StridedCopy {
    StridedCopy(from: outputShape, to: inputShape, region.adjoint, elementType)
  }

  /// Whether each element of y is written.
  var coversOutput: Bool {
    let places = region.axes.filter { $0.yStride != 0 }.map(\.extent)
    return outputShape.elementCount == 0 || !region.isEmpty && Shape(places).elementCount == outputShape.elementCount
  }

  private static func areInside(_ axes: [(extent: Int, stride: Int)], offset: Int, count: Int) -> Bool {
    // The bounds only grow apart, and within them nothing overflows.
    let limit = Shape.maximumElementCount
    var (least, most) = (offset, offset)
    for (extent, stride) in axes {
      guard (0..<count).contains(least), (0..<count).contains(most), extent <= limit, (-limit...limit).contains(stride)
      else { return false }
      least += min(0, (extent - 1) * stride)
      most += max(0, (extent - 1) * stride)
    }
    return (0..<count).contains(least) && (0..<count).contains(most)
  }

  /// Whether each stride reaches beyond all places of the smaller ones, which all views of tensors satisfy.
  private static func areDistinct(_ axes: [(extent: Int, stride: Int)]) -> Bool {
    var reach = 0
    for (extent, stride) in axes.map({ ($0.extent, abs($0.stride)) }).filter({ $0.1 != 0 }).sorted(by: { $0.1 < $1.1 })
    {
      guard stride > reach else { return false }
      reach += (extent - 1) * stride
    }
    return true
  }
}

extension StridedCopy: Operation {
  var name: String { "strided-copy" }

  var operands: [Operand] { [.read("x", inputShape, elementType), .write("y", outputShape, elementType)] }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    switch elementType {
    case .float32: Reference.stridedCopy(self, x: f[0].span, y: f[1].mutableSpan)
    case .int32: Reference.stridedCopy(self, x: i[0].span, y: i[1].mutableSpan)
    }
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    if !coversOutput { list.append(planner.fill(.operand(1), count: outputShape.elementCount, value: 0)) }
    try planner.copy(region, from: .operand(0), to: .operand(1), &list)
    return list
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.stridedCopy(adjoint), [dy], to: 0)
  }
}

extension TensorOperation {
  /// x to y, see ``StridedCopy``.
  public static func stridedCopy(_ copy: StridedCopy) -> Self { Self(copy) }
}
