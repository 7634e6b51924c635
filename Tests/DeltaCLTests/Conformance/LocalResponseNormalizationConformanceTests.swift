import Testing

@testable import DeltaCL

@Suite struct LocalResponseNormalizationConformanceTests {
  private var random = RandomValues(seed: 36)

  static let cases: [(shape: Shape, size: Int, alpha: Float, beta: Float)] =
    TestDevice.usesSmallShapes
    ? [([2, 3, 5], 3, 0.5, 0.75)]
    : [
      ([2, 3, 3, 20], 5, 1e-4, 0.75), ([7, 9], 2, 0.5, 0.5), ([3, 4], 1, 2, 1), ([2, 3], 99, 1, 0.75),
      ([1, 700], 600, 4, 0.75), ([0, 3], 3, 1, 1), ([3, 0], 3, 1, 1), ([9], 3, 1, -0.5),
    ]

  /// OpenCL allows 16 units in the last place for `pow`, some 2e-6. The delta is a difference of terms of the size of dy, which is 1.
  @Test(arguments: cases) mutating func channelsAreDividedByTheirNeighbours(
    shape: Shape, size: Int, alpha: Float, beta: Float
  ) throws {
    let normalization = try LocalResponseNormalization(shape, size: size, alpha: alpha, beta: beta, k: 1.5)
    let x = random.floats(shape.elementCount), dy = random.floats(shape.elementCount)
    try verify(
      .localResponseNormalization(normalization), [.float32(x)], .near(relative: 5e-6, absolute: 1e-7))
    try verify(
      .localResponseNormalizationDelta(normalization), [.float32(dy), .float32(x)],
      .near(relative: 5e-6, absolute: 1e-5))
  }

  /// Equal terms, each of which is rounded the same way.
  @Test func longWindows() throws {
    let channels = TestDevice.usesSmallShapes ? 300 : 3_000
    let normalization = try LocalResponseNormalization([1, channels], size: 2 * channels, alpha: 4, beta: 1, k: 0)
    let tenths = Values.float32([Float](repeating: 0.1, count: channels))
    try verify(.localResponseNormalization(normalization), [tenths], .near(relative: 5e-6, absolute: 0))
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "windows of 0") { try LocalResponseNormalization([3, 2], size: 0) }
    expectError(.invalidDescriptor, naming: "beta nan") {
      try LocalResponseNormalization([3, 2], size: 1, beta: .nan)
    }
    expectError(.invalidDescriptor, naming: "there must be channels") { try LocalResponseNormalization([], size: 1) }
  }
}
