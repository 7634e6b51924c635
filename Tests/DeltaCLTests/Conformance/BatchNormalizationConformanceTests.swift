import DeltaCL
import Testing

@Suite struct BatchNormalizationConformanceTests {
  private var random = RandomValues(seed: 11)

  static let sizes =
    TestDevice.usesSmallShapes
    ? [(3, 5), (70, 2)]
    : [
      (2, 1), (2, 16), (3, 5), (15, 17), (16, 16), (17, 3), (33, 24), (64, 31), (65, 64), (100, 1), (257, 48),
      (4_099, 7),
      (5_000, 33), (98, 2_048),
    ]

  private func statistics(_ channels: Int) -> BatchStatistics {
    var random = RandomValues(seed: 12)
    return BatchStatistics(
      weight: random.floats(channels, 0.5...2), bias: random.floats(channels), mean: random.floats(channels),
      variance: random.floats(channels, 0.25...4))
  }

  private struct BatchStatistics {
    let weight: [Float]
    let bias: [Float]
    let mean: [Float]
    let variance: [Float]

    var inverseDeviation: [Float] { variance.map { 1 / $0.squareRoot() } }
    var operands: [Values] { [.float32(weight), .float32(bias), .float32(mean), .float32(variance)] }
  }

  @Test(arguments: sizes)
  mutating func training(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    // Apart from each other by more than epsilon, so that two rows do not make a deviation of rounding errors.
    let x = (0..<rows * channels).map { Float($0 / channels % 2) + random.floats(1, -0.25...0.25)[0] }
    try verify(
      .batchNormalization(normalization), [.float32(x)] + statistics(channels).operands,
      .near(relative: 32 * Tolerance.epsilon, absolute: 64 * Tolerance.epsilon))
  }

  @Test(arguments: sizes)
  mutating func delta(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let statistics = statistics(channels)
    let (x, dy) = (random.floats(rows * channels, -3...3), random.floats(rows * channels))
    try verify(
      .batchNormalizationDelta(normalization),
      [
        .float32(x), .float32(dy), .float32(statistics.weight), .float32(statistics.mean),
        .float32(statistics.inverseDeviation), .float32(random.floats(channels, -1e-3...1e-3)),
      ], .near(relative: 64 * Tolerance.epsilon, absolute: 32 * Float(rows).squareRoot() * Tolerance.epsilon))
  }

  @Test(arguments: [(0, 3), (1, 1), (1, 24)] + sizes)
  mutating func inference(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels, epsilon: 1e-3)
    try verify(
      .batchNormalizationInference(normalization),
      [.float32(random.floats(rows * channels, -3...3))] + statistics(channels).operands,
      .near(relative: 16 * Tolerance.epsilon, absolute: 32 * Tolerance.epsilon))
  }

  @Test func aNaNSpoilsItsChannelAlone() throws {
    var x = [Float](repeating: 1, count: 40 * 3)
    for index in x.indices { x[index] += Float(index % 7) }
    x[61] = .nan
    let outputs = try verify(
      .batchNormalization(BatchNormalization(rows: 40, channels: 3)), [.float32(x)] + statistics(3).operands,
      .near(relative: 1e-4, absolute: 1e-5))
    for (index, y) in outputs[2].floats.enumerated() { #expect(y.isNaN == (index % 3 == 1)) }
  }

  @Test func impossibleDescriptors() throws {
    expectError(.invalidDescriptor, naming: "channels", "0") { try BatchNormalization(rows: 2, channels: 0) }
    expectError(.invalidDescriptor) { try BatchNormalization(rows: -1, channels: 1) }
    expectError(.invalidDescriptor, naming: "epsilon") { try BatchNormalization(rows: 2, channels: 1, epsilon: 0) }
    expectError(.invalidDescriptor, naming: "epsilon") { try BatchNormalization(rows: 2, channels: 1, epsilon: .nan) }
    expectError(.invalidDescriptor, naming: "momentum", "1.5") {
      try BatchNormalization(rows: 2, channels: 1, momentum: 1.5)
    }
    expectError(.tooLarge) { try BatchNormalization(rows: .max, channels: 2) }
    for backend in [ReferenceBackend(), try TestDevice.backend()] as [any Backend] {
      expectError(.invalidDescriptor, naming: "at least 2", "not 1", "more images") {
        try backend.plan(for: .batchNormalization(BatchNormalization(rows: 1, channels: 1)))
      }
    }
  }
}
