import DeltaCL
import DeltaCLNetworks

/// How fast one direction of a layer ran.
struct LayerMeasurement: Encodable {
  let name: String
  /// The numbers of the layer, as `--shape` takes them.
  let shape: String
  let direction: BenchDirection
  /// The kernels that ran.
  let plan: String
  /// Of one call; short ones are enqueued many times before a wait.
  let medianSeconds: Double
  /// 10⁹ multiplications and additions a second, counted as the direct algorithm does them.
  let gflops: Double
  /// The greatest difference of elements of the result from their sums in double precision, relative to the root mean square
  /// of the result.
  let error: Double

  /// The width of the middle half of the samples, relative to the median.
  let spread: Double
  /// 10⁹ bytes of operands a second.
  let gigabytesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case name, shape, direction, plan, medianSeconds, gflops, error
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
    var tensors: [String: Tensor] = [:]
    for operand in operations.flatMap(\.operands) where tensors[operand.name] == nil {
      tensors[operand.name] = try Self.randomTensor(operand.shape, on: backend)
    }
    let calls = try zip(operations, plans).map { operation, plan in
      try plan.bind(
        operation.operands.compactMap { tensors[$0.name]?.storage }, scratch: backend.sharedScratch(for: plan),
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

    error = try operations.first.map { try Self.error(of: $0, tensors) } ?? 0
    name = layer.name
    shape = layer.numbers
    self.direction = direction
    plan = plans.map(\.summary).joined(separator: ", ")
    medianSeconds = statistics.median
    spread = statistics.spread
    gflops = Double(operations.reduce(0) { $0 + $1.floatingPointOperations }) / statistics.median * 1e-9
    gigabytesPerSecond = Double(operations.reduce(0) { $0 + $1.byteCount }) / statistics.median * 1e-9
  }

  /// Values in -0.5..<0.5. Few are drawn: the time does not depend on the values as long as they are ordinary.
  private static func randomTensor(_ shape: Shape, on backend: any Backend) throws -> Tensor {
    var generator = Philox(seed: 1, stream: .custom(shape.elementCount))
    let drawn = (0..<4099).map { _ in generator.uniform() - 0.5 }
    return try Tensor((0..<shape.elementCount).map { drawn[$0 % drawn.count] }, shape: shape, on: backend)
  }

  /// The greatest relative error of equally spaced elements, as many as take about a second.
  private static func error(of operation: TensorOperation, _ tensors: [String: Tensor]) throws -> Double {
    let values = try operation.operands.compactMap { try tensors[$0.name]?.floats() }
    guard let result = values.last, !result.isEmpty else { return 0 }
    let inputs = Array(values.dropLast())
    let terms = operation.referenceSample(at: 0, of: inputs)?.terms ?? 1
    let count = max(2, min(1000, result.count, 50_000_000 / max(1, terms)))
    var greatest = 0.0
    for sample in 0..<count {
      let index = sample * (result.count - 1) / (count - 1)
      guard let expected = operation.referenceSample(at: index, of: inputs)?.value else { continue }
      greatest = max(greatest, abs(Double(result[index]) - expected))
    }
    let squares = result.reduce(0.0) { $0 + Double($1) * Double($1) }
    return greatest / max((squares / Double(result.count)).squareRoot(), .leastNormalMagnitude)
  }
}
