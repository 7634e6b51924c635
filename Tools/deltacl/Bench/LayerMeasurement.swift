import DeltaCL
import DeltaCLNetworks

/// How fast one direction of a layer ran.
struct LayerMeasurement: Encodable {
  let name: String
  let direction: BenchDirection
  /// The kernels that ran.
  let plan: String
  /// Of one call, many of which are enqueued before a wait where one is short.
  let medianSeconds: Double
  /// 10⁹ multiplications and additions a second, counted as the direct algorithm does them.
  let gflops: Double

  /// The width of the middle half of the samples, relative to the median.
  let spread: Double
  /// 10⁹ bytes of operands a second.
  let gigabytesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case name, direction, plan, medianSeconds, gflops
  }

  /// Measures on random operands.
  ///
  /// - Parameter warmedUp: called between the first runs and those that count.
  /// - Throws: What the backend throws, as for want of memory.
  init(
    _ layer: LayerShape, _ direction: BenchDirection, on backend: any Backend, _ sampler: Sampler,
    warmedUp: () throws -> Void
  ) throws {
    let operations = layer.operations(direction)
    let plans = try operations.map { try backend.plan(for: $0) }
    let scratchCount = plans.map(\.scratchCount).max() ?? 0
    let scratch = scratchCount > 0 ? try backend.allocate(.float32, count: scratchCount) : nil
    var storages: [String: any Storage] = [:]
    for operand in operations.flatMap(\.operands) where storages[operand.name] == nil {
      storages[operand.name] = try Self.randomTensor(operand.shape, on: backend).storage
    }
    let calls = try zip(operations, plans).map { operation, plan in
      try plan.bind(
        operation.operands.compactMap { storages[$0.name] }, scratch: plan.scratchCount > 0 ? scratch : nil,
        label: "\(layer.name) \(operation.name)")
    }
    func run(repeats: Int) throws {
      for _ in 0..<repeats {
        for call in calls { try call.enqueue() }
      }
      try backend.finish()
    }

    let seconds = try sampler.warmUp { try run(repeats: 1) }
    let repeats = Int((Sampler.sampleSeconds / max(seconds, 1e-6)).rounded(.up))
    try warmedUp()
    let statistics = try sampler.statistics { try sampler.seconds { try run(repeats: repeats) } / Double(repeats) }

    name = layer.name
    self.direction = direction
    plan = plans.map(\.summary).joined(separator: ", ")
    medianSeconds = statistics.median
    spread = statistics.spread
    gflops = Double(operations.reduce(0) { $0 + $1.floatingPointOperations }) / statistics.median * 1e-9
    gigabytesPerSecond = Double(operations.reduce(0) { $0 + $1.byteCount }) / statistics.median * 1e-9
  }

  /// Values in -0.5..<0.5. Few are drawn: what a processor takes does not depend on them as long as they are ordinary.
  private static func randomTensor(_ shape: Shape, on backend: any Backend) throws -> Tensor {
    var generator = Philox(seed: 1, stream: .custom(shape.elementCount))
    let drawn = (0..<4099).map { _ in generator.uniform() - 0.5 }
    return try Tensor((0..<shape.elementCount).map { drawn[$0 % drawn.count] }, shape: shape, on: backend)
  }
}
