import Testing

@testable import DeltaCL

@Suite struct MultiplyChannelsConformanceTests {
  private var random = RandomValues(seed: 21)

  static let sizes =
    TestDevice.usesSmallShapes
    ? [(3, 5)] : [(0, 4), (1, 1), (3, 5), (7, 16), (130, 17), (1_000, 3), (5_000, 64), (2, 2_100)]

  private mutating func floats(_ rows: Int, _ channels: Int) -> (x: Values, s: Values) {
    (.float32(random.floats(rows * channels)), .float32(random.floats(channels)))
  }

  @Test(arguments: sizes) mutating func productIsExact(rows: Int, channels: Int) throws {
    let (x, s) = floats(rows, channels)
    let operation = TensorOperation.multiplyChannels(rows: rows, channels: channels)
    try verify(operation, [x, s])
    try verify(.fused(operation, .activation(.relu)), [x, s])
    try verify(
      .fused(operation, .activationDelta(.relu)), [x, s, .float32(random.floats(rows * channels))])
  }

  @Test(arguments: sizes) mutating func gradient(rows: Int, channels: Int) throws {
    let operation = TensorOperation.multiplyChannelsGradient(rows: rows, channels: channels)
    let count = rows * channels
    try verify(operation, [.float32(random.integers(count)), .float32(random.integers(count))])
    try verify(operation, [.float32(random.floats(count)), .float32(random.floats(count))], .sum(terms: rows))
  }

  /// Equal terms, each of which is rounded the same way.
  @Test(arguments: TestDevice.usesSmallShapes ? [(300, 1), (280, 17)] : [(1 << 20, 1), (262_144, 3), (20_000, 17)])
  func longSums(rows: Int, channels: Int) throws {
    let ones = Values.float32([Float](repeating: 1, count: rows * channels))
    let tenths = Values.float32([Float](repeating: 0.1, count: rows * channels))
    try verify(.multiplyChannelsGradient(rows: rows, channels: channels), [ones, tenths], .sum(terms: rows))
  }

  /// `<y(x, s), dy> = <x, dx(dy, s)> = <s, ds(x, dy)>`, exactly on integers.
  @Test mutating func isAdjoint() throws {
    let (rows, channels) = (35, 17)
    let (x, dy, s) = (
      random.integers(rows * channels), random.integers(rows * channels), random.integers(channels)
    )
    func product(_ operation: TensorOperation, _ a: [Float], _ b: [Float], with other: [Float]) throws -> Float {
      let result = try run(operation, [.float32(a), .float32(b)], on: TestDevice.backend())[0].floats
      return zip(result, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let multiply = TensorOperation.multiplyChannels(rows: rows, channels: channels)
    let forward = try product(multiply, x, s, with: dy)
    #expect(try product(multiply, dy, s, with: x) == forward)
    #expect(try product(.multiplyChannelsGradient(rows: rows, channels: channels), x, dy, with: s) == forward)
  }

  /// `0 * infinity` is NaN, and stays in its channel.
  @Test func specialValues() throws {
    let x = Values.float32([.infinity, .nan, -.infinity, 0, -0.0, 3])
    try verify(.multiplyChannels(rows: 2, channels: 3), [x, .float32([0, 2, .infinity])])
    try verify(
      .multiplyChannelsGradient(rows: 2, channels: 3), [x, .float32([1, 1, 0, .infinity, 2, 3])], .sum(terms: 2))
  }

  @Test(arguments: [0, -1]) func channelsAreNeeded(channels: Int) {
    for operation in [
      TensorOperation.multiplyChannels(rows: 2, channels: channels),
      .multiplyChannelsGradient(rows: 2, channels: channels),
    ] {
      #expect(throws: DeltaCLError.self) { try operation.validate() }
    }
  }
}
