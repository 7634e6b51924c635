import Testing

@testable import DeltaCL

@Suite struct GatherConformanceTests {
  private var random = RandomValues(seed: 34)

  static let cases: [(shape: Shape, indices: Shape, axis: Int)] =
    TestDevice.usesSmallShapes
    ? [([3, 5], [4], 0), ([2, 3], [2], 1)]
    : [
      ([5], [], 0), ([5, 3], [2, 4], 0), ([50, 33], [70], 0), ([3, 9, 20], [5], 1), ([4, 7], [300], -1),
      ([2, 3], [0], 0), ([1_100, 1], [3_000], 0), ([0, 3], [0], 0),
    ]

  private mutating func indices(_ gather: Gather) -> Values {
    let extent = Int32(gather.extent)
    return .int32((0..<gather.count).map { _ in Int32.random(in: -extent..<extent, using: &random) })
  }

  @Test(arguments: cases) mutating func rowsAreThoseOfTheIndices(shape: Shape, indices: Shape, axis: Int) throws {
    let gather = try Gather(shape, indices: indices, axis: axis)
    let places = self.indices(gather)
    let x = random.integers(shape.elementCount), dy = random.integers(gather.outputShape.elementCount)
    let y = try verify(.gather(gather), [.float32(x), places])[0].floats
    let dx = try verify(.scatterAdd(gather), [.float32(dy), places])[0].floats
    // `<y(x), dy> = <x, dx(dy)>`, exactly on integers.
    #expect(zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 } == zip(x, dx).reduce(0) { $0 + $1.0 * $1.1 })
    let integral = try Gather(shape, indices: indices, axis: axis, elementType: .int32)
    try verify(.gather(integral), [.int32(random.labels(shape.elementCount, classes: 99)), places])
  }

  /// What is out of range is neither read nor written.
  @Test func indicesOutOfRange() throws {
    let gather = try Gather([3, 2], indices: [6])
    let indices = Values.int32([3, -4, .min, .max, 2, -3])
    let y = try verify(.gather(gather), [.float32([1, 2, 3, 4, 5, 6]), indices])[0].floats
    #expect(y[..<8].allSatisfy(\.isNaN) && y[8...] == [5, 6, 1, 2])
    let dy = Values.float32((0..<12).map(Float.init))
    #expect(try verify(.scatterAdd(gather), [dy, indices])[0] == .float32([10, 11, 0, 0, 8, 9]))
    let integral = try Gather([3, 2], indices: [6], elementType: .int32)
    try verify(.gather(integral), [.int32([1, 2, 3, 4, 5, 6]), indices])
  }

  /// Equal terms, each of which is rounded the same way.
  @Test(arguments: TestDevice.usesSmallShapes ? [(300, 1)] : [(50_000, 1), (3_000, 17)])
  func longSums(count: Int, inner: Int) throws {
    let gather = try Gather([2, inner], indices: [count])
    let tenths = Values.float32([Float](repeating: 0.1, count: count * inner))
    try verify(
      .scatterAdd(gather), [tenths, .int32([Int32](repeating: 1, count: count))], .sum(terms: count))
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "axis 2") { try Gather([2, 2], indices: [1], axis: 2) }
    expectError(.tooLarge) { try Gather([1, 1 << 20], indices: [1 << 20]) }
    expectError(.invalidDescriptor) { try Gather([-1], indices: [1]) }
  }
}
