import Testing

@testable import DeltaCL

/// Nothing is rounded where elements move: all bits must be the same.
@Suite struct StridedCopyConformanceTests {
  private var random = RandomValues(seed: 31)

  /// One copy, named by its shapes.
  struct Case: CustomTestStringConvertible, Sendable {
    let copy: StridedCopy
    var testDescription: String { "\(copy.inputShape) to \(copy.outputShape)" }
  }

  static func cases() throws -> [Case] {
    var copies: [StridedCopy] = try [
      .transpose([3, 5], axes: [1, 0]), .slice([7], starts: [6], ends: [-100], steps: [-2]),
      .expand([3, 1], to: [2, 3, 4]), .depthToSpace([1, 2, 3, 8], block: 2),
    ]
    if !TestDevice.usesSmallShapes {
      copies += try [
        // Matrices, of whole blocks and with rests; as one of a batch, and as an image's channels.
        .transpose([64, 64], axes: [1, 0]), .transpose([33, 301], axes: [1, 0]), .transpose([300, 17], axes: [1, 0]),
        .transpose([2, 70, 35], axes: [0, 2, 1]), .transpose([2, 7, 9, 20], axes: [0, 3, 1, 2]),
        .transpose([2, 20, 7, 9], axes: [0, 2, 3, 1]), .transpose([5_000, 3], axes: [1, 0]),
        .transpose([3, 5_000], axes: [-1, 0]), .transpose([2, 3, 2, 3, 2, 3], axes: [5, 4, 3, 2, 1, 0]),
        .transpose([5_003], axes: [0]), .transpose([], axes: []), .transpose([0, 3], axes: [1, 0]),
        .slice([9, 40], starts: [1, 3], ends: [8, 39]),
        .slice([9, 40], starts: [-1, 38], ends: [-100, 2], steps: [-1, -3]),
        .slice([4, 40, 40], starts: [2], ends: [30], steps: [1], axes: [-1]), .slice([5], starts: [4], ends: [2]),
        .slice([40, 33], starts: [39], ends: [.min], steps: [-1]),
        .slice([40], starts: [3], ends: [.max], steps: [.max]),
        .expand([17], to: [40, 17]), .expand([40, 1], to: [40, 33]), .expand([1], to: [5_000]),
        .expand([], to: [2, 2]),
        .expand([2, 1, 3, 1], to: [2, 5, 3, 7]), .expand([1, 3], to: [0, 3]),
        .tile([3, 5], repeats: [2, 3]), .tile([2, 1, 3, 2, 2], repeats: [2, 3, 2, 1, 2]), .tile([3], repeats: [0]),
        .depthToSpace([2, 5, 4, 18], block: 3, order: .channelsOutermost), .depthToSpace([1, 3, 3, 64], block: 2),
        .spaceToDepth([2, 6, 4, 5], block: 2), .spaceToDepth([1, 6, 9, 2], block: 3, order: .channelsOutermost),
        // A diagonal.
        StridedCopy(from: [9, 9], to: [9], axes: [StridedCopy.Axis(extent: 9, xStride: 10, yStride: 1)]),
      ]
    }
    return copies.map { Case(copy: $0) }
  }

  private mutating func special(_ count: Int) -> [Float] {
    let specials: [Float] = [.nan, .infinity, -0.0, .leastNonzeroMagnitude]
    return random.floats(count).enumerated().map { $0 % 11 < specials.count ? specials[$0 % 11] : $1 }
  }

  private mutating func integers(_ count: Int) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: .min ... .max, using: &random) }
  }

  @Test(arguments: try cases()) mutating func elementsMove(_ tested: Case) throws {
    let copy = tested.copy
    try verify(.stridedCopy(copy), [.float32(special(copy.inputShape.elementCount))])
    let integral = try StridedCopy(
      from: copy.inputShape, to: copy.outputShape, axes: copy.axes, xOffset: copy.xOffset, yOffset: copy.yOffset,
      elementType: .int32)
    try verify(.stridedCopy(integral), [.int32(integers(copy.inputShape.elementCount))])
  }

  /// `<y(x), dy> = <x, dx(dy)>`, exactly on integers.
  @Test(arguments: try cases()) mutating func isAdjoint(_ tested: Case) throws {
    let copy = tested.copy
    let x = random.integers(copy.inputShape.elementCount), dy = random.integers(copy.outputShape.elementCount)
    let y = try verify(.stridedCopy(copy), [.float32(x)])[0].floats
    let dx = try verify(.stridedCopy(copy.adjoint), [.float32(dy)])[0].floats
    #expect(zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 } == zip(x, dx).reduce(0) { $0 + $1.0 * $1.1 })
    #expect(copy.adjoint.adjoint == copy)
  }

  /// Random compositions of what has names.
  @Test(arguments: 0..<(TestDevice.usesSmallShapes ? 2 : 36)) func anyView(seed: Int) throws {
    var random = RandomValues(seed: UInt64(1_000 + seed))
    let rank = 1 + seed % 6
    let most = TestDevice.usesSmallShapes ? 2 : [200, 40, 12, 6, 4, 3][rank - 1]
    let extents = (0..<rank).map { _ in Int.random(in: 0...most, using: &random).clamped(to: seed % 5 == 0 ? 0 : 1) }
    let strides = Shape(extents).strides
    let axes = (0..<rank).shuffled(using: &random).map { axis in
      StridedCopy.Axis(
        extent: extents[axis], xStride: strides[axis] * random.pick([1, 1, 1, -1]), yStride: 0)
    }
    let offset = axes.reduce(0) { $0 + ($1.xStride < 0 ? -$1.xStride * ($1.extent - 1) : 0) }
    // A margin around y, and repeats of some axes.
    let repeated = axes.flatMap { axis in
      Bool.random(using: &random) && rank <= 3 ? [StridedCopy.Axis(extent: 2, xStride: 0, yStride: 0), axis] : [axis]
    }
    let padded = Shape(repeated.map { $0.extent + Int.random(in: 0...1, using: &random) })
    let copy = try StridedCopy(
      from: Shape(extents), to: padded,
      axes: zip(repeated, padded.strides).map {
        StridedCopy.Axis(extent: $0.extent, xStride: $0.xStride, yStride: $1)
      }, xOffset: Shape(extents).elementCount == 0 ? 0 : offset)
    try verify(.stridedCopy(copy), [.float32(random.floats(copy.inputShape.elementCount))])
    try verify(.stridedCopy(copy.adjoint), [.float32(random.integers(copy.outputShape.elementCount))])
  }

  /// Equal terms, each of which is rounded the same way.
  @Test(arguments: TestDevice.usesSmallShapes ? [[300], [280, 2]] : [[200_000], [5_000, 17], [3, 20_001]])
  func longSums(extents: [Int]) throws {
    let copy = try StridedCopy.expand(Shape([1] + extents.dropFirst()), to: Shape(extents)).adjoint
    let tenths = Values.float32([Float](repeating: 0.1, count: copy.inputShape.elementCount))
    try verify(.stridedCopy(copy), [tenths], .sum(terms: extents[0]))
  }

  /// Several axes that are summed one after the other.
  @Test func sumsOverSeveralAxes() throws {
    let copy = try StridedCopy.expand([1, 5, 1, 3], to: [7, 5, 4, 3]).adjoint
    var random = RandomValues(seed: 5)
    try verify(.stridedCopy(copy), [.float32(random.integers(7 * 5 * 4 * 3))])
  }

  @Test func namedViewsAreNumPys() throws {
    func result(_ copy: StridedCopy) throws -> [Float] {
      let x = (0..<copy.inputShape.elementCount).map { Float($0) }
      return try run(.stridedCopy(copy), [.float32(x)], on: ReferenceBackend())[0].floats
    }
    #expect(try result(.transpose([2, 3], axes: [1, 0])) == [0, 3, 1, 4, 2, 5])
    #expect(try result(.slice([10], starts: [-3], ends: [.max])) == [7, 8, 9])
    #expect(try result(.slice([10], starts: [8], ends: [1], steps: [-3])) == [8, 5, 2])
    #expect(try result(.slice([3, 4], starts: [1], ends: [3], steps: [2], axes: [1])) == [1, 5, 9])
    #expect(try result(.expand([2, 1], to: [2, 2])) == [0, 0, 1, 1])
    #expect(try result(.tile([2], repeats: [2])) == [0, 1, 0, 1])
    #expect(try result(.depthToSpace([1, 1, 1, 8], block: 2)) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try result(.depthToSpace([1, 1, 2, 4], block: 2)) == [0, 1, 4, 5, 2, 3, 6, 7])
    #expect(
      try result(.depthToSpace([1, 1, 1, 8], block: 2, order: .channelsOutermost)) == [0, 4, 1, 5, 2, 6, 3, 7])
    #expect(try result(.spaceToDepth([1, 2, 2, 2], block: 2)) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func impossibleDescriptors() {
    func copy(_ axes: StridedCopy.Axis..., offset: Int = 0, type: ElementType = .float32) throws -> StridedCopy {
      try StridedCopy(from: [4, 4], to: [8], axes: axes, xOffset: offset, elementType: type)
    }
    typealias Axis = StridedCopy.Axis
    expectError(.invalidDescriptor, naming: "outside of x") { try copy(Axis(extent: 5, xStride: 4, yStride: 1)) }
    expectError(.invalidDescriptor, naming: "outside of y") { try copy(Axis(extent: 3, xStride: 1, yStride: 4)) }
    expectError(.invalidDescriptor, naming: "outside of x") {
      try copy(Axis(extent: 2, xStride: .min, yStride: 1), offset: .max)
    }
    expectError(.invalidDescriptor, naming: "share an element of y") {
      try copy(Axis(extent: 2, xStride: 4, yStride: 1), Axis(extent: 3, xStride: 1, yStride: 1))
    }
    expectError(.invalidDescriptor, naming: "neither") { try copy(Axis(extent: 2, xStride: 0, yStride: 0)) }
    expectError(.invalidDescriptor, naming: "-1") { try copy(Axis(extent: -1, xStride: 1, yStride: 1)) }
    expectError(.invalidDescriptor, naming: "int32") {
      try copy(Axis(extent: 2, xStride: 1, yStride: 0), type: .int32)
    }
    expectError(.invalidDescriptor, naming: "[2, 3]") { try StridedCopy.transpose([2, 3], axes: [0]) }
    expectError(.invalidDescriptor, naming: "twice") { try StridedCopy.transpose([2, 3], axes: [0, -2]) }
    expectError(.invalidDescriptor, naming: "axis 2") { try StridedCopy.transpose([2, 3], axes: [0, 2]) }
    expectError(.invalidDescriptor, naming: "step") { try StridedCopy.slice([2], starts: [0], ends: [1], steps: [0]) }
    expectError(.invalidDescriptor, naming: "equally many") { try StridedCopy.slice([2], starts: [0], ends: []) }
    expectError(.invalidDescriptor, naming: "[2, 3]", "[3, 3]") { try StridedCopy.expand([2, 3], to: [3, 3]) }
    expectError(.invalidDescriptor, naming: "[2, 3]") { try StridedCopy.expand([2, 3], to: [3]) }
    expectError(.invalidDescriptor, naming: "-1") { try StridedCopy.tile([2], repeats: [-1]) }
    expectError(.tooLarge) { try StridedCopy.tile([1 << 20, 1 << 10], repeats: [1 << 30, 1 << 30]) }
    expectError(.invalidDescriptor, naming: "3x3") { try StridedCopy.depthToSpace([1, 1, 1, 8], block: 3) }
    expectError(.invalidDescriptor, naming: "multiples of 2") { try StridedCopy.spaceToDepth([1, 3, 2, 1], block: 2) }
    expectError(.invalidDescriptor, naming: "add up") { try StridedCopy.split([5], sizes: [2, 2], axis: 0) }
  }
}

extension Int {
  /// At least the given number.
  fileprivate func clamped(to least: Int) -> Int { Swift.max(self, least) }
}
