import Testing

@testable import DeltaCL

@Suite struct TopKConformanceTests {
  private var random = RandomValues(seed: 35)

  static let cases: [(shape: Shape, k: Int, axis: Int)] =
    TestDevice.usesSmallShapes
    ? [([2, 9], 3, -1), ([2_100], 2, 0)]
    : [
      ([7], 7, 0), ([1], 1, -1), ([3, 40], 5, -1), ([40, 3], 5, 0), ([2, 30, 17], 30, 1), ([5, 9], 0, 1),
      ([0, 4], 2, 1), ([3, 0], 0, 1),
      // The ranges of an axis and their merger.
      ([20_000], 10, 0), ([2, 5_000, 3], 100, 1), ([3, 4_100], 2_000, -1),
    ]

  /// The data are few integers, so that many are equal; what is chosen is exact.
  @Test(arguments: cases, [true, false])
  mutating func theGreatestAndTheLeastAreChosenInOrder(
    _ shape: (shape: Shape, k: Int, axis: Int), takesGreatest: Bool
  ) throws {
    let topK = try TopK(shape.shape, k: shape.k, axis: shape.axis, takesGreatest: takesGreatest)
    let x = random.integers(shape.shape.elementCount), dy = random.integers(topK.outputShape.elementCount)
    let chosen = try verify(.topK(topK), [.float32(x)])
    let dx = try verify(.topKDelta(topK), [.float32(dy), chosen[1]])[0].floats
    // `<y(x), dy> = <x, dx(dy)>`, exactly on integers.
    #expect(zip(chosen[0].floats, dy).reduce(0) { $0 + $1.0 * $1.1 } == zip(x, dx).reduce(0) { $0 + $1.0 * $1.1 })
  }

  @Test func specialValues() throws {
    let x: [Float] = [1, .nan, -.infinity, .infinity, 1, .nan, -0.0, 0, 1e38]
    let greatest = try verify(.topK(TopK([9], k: 9)), [.float32(x)])
    #expect(greatest[1] == .int32([1, 5, 3, 8, 0, 4, 6, 7, 2]))
    let least = try verify(.topK(TopK([9], k: 9, takesGreatest: false)), [.float32(x)])
    #expect(least[1] == .int32([2, 6, 7, 0, 4, 8, 3, 1, 5]))
  }

  /// Positions from outside can be anything: those out of range are left out, and those named twice get the sum.
  @Test func positionsOfAnyValue() throws {
    let topK = try TopK([4], k: 4)
    let positions = Values.int32([2, -1, 2, 4])
    #expect(try verify(.topKDelta(topK), [.float32([1, 2, 3, 4]), positions])[0] == .float32([0, 0, 4, 0]))
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "from 0 to 2") { try TopK([3, 2], k: 3) }
    expectError(.invalidDescriptor, naming: "from 0 to 2") { try TopK([3, 2], k: -1) }
    expectError(.invalidDescriptor, naming: "axis 2") { try TopK([3, 2], k: 1, axis: 2) }
  }
}
