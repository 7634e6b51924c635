import DeltaCL
import DeltaCLNetworks

/// Finds the fastest plan of one operation by measuring the candidates in turns.
///
/// A candidate's result is held to the default's exact plan, the direct sum, element by element, and that one is held to
/// sums in double precision at some elements. The bound is a share of the result's root mean square: 2e-4, which Winograd's
/// transforms stay within, and for sums of more than 40,000 products, whose rounding errors grow with the square root of their
/// number, as much more.
struct PlanTuner {
  /// What was found.
  struct Outcome {
    let defaultSeconds: Double
    /// The fastest plan; `nil` if that is the default.
    let winner: (choice: PlanChoice, seconds: Double)?
    /// The plans that were tried, the default among them.
    let count: Int
    /// Whether there was enough time to decide.
    let isCertain: Bool
  }

  /// What is being measured.
  private final class Contender {
    /// `nil` for the default plan.
    let choice: PlanChoice?
    let call: any BoundOperation
    /// The seconds of a call, by one measurement.
    let seconds: Double
    var samples: [Double] = []

    init(_ choice: PlanChoice?, _ call: any BoundOperation, seconds: Double) {
      self.choice = choice
      self.call = call
      self.seconds = max(seconds, 1e-6)
    }

    /// Calls in a sample.
    var repeats: Int { Int((Sampler.sampleSeconds / seconds).rounded(.up)) }

    var median: Double { SampleStatistics(samples).median }
  }

  /// A winner is faster by this share in three of four rounds.
  static let margin = 0.03
  private static let minimumRounds = 5
  private static let maximumRounds = 25
  private static let maximumError = 2e-4
  private static let termsWithinError = 40_000.0

  let backend: OpenCLBackend
  let operation: TensorOperation
  private let inputs: [[Float]]
  private let storages: [any Storage]
  private let output: Tensor
  private let clock = ContinuousClock()

  /// Draws the operands.
  ///
  /// - Throws: What the backend throws, as for want of memory.
  init(_ operation: TensorOperation, on backend: OpenCLBackend) throws {
    self.backend = backend
    self.operation = operation
    let operands = operation.operands
    inputs = operands.dropLast().enumerated().map { index, operand in
      var generator = Philox(seed: 1, stream: .custom(index))
      let drawn = (0..<4099).map { _ in generator.uniform() - 0.5 }
      return (0..<operand.shape.elementCount).map { drawn[$0 % drawn.count] }
    }
    let tensors = try zip(inputs, operands).map { try Tensor($0, shape: $1.shape, on: backend) }
    output = try Tensor(uninitialized: operands[operands.count - 1].shape, on: backend)
    storages = tensors.map(\.storage) + [output.storage]
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - first: A choice to begin with, such as the one that was best the last time.
  ///   - budget: The seconds after which no further plan or round is begun.
  ///   - rejected: Is told why a candidate is out.
  /// - Throws: ``CommandFailure`` if the default plans compute wrong values; what the backend throws.
  func run(first: PlanChoice?, budget: Double, rejected: (PlanChoice, String) -> Void) throws -> Outcome {
    let start = clock.now
    func elapsed() -> Double { (clock.now - start) / .seconds(1) }

    let direct = try call(.direct)
    try run(direct)
    let expected = try output.floats()
    let bound = try bound(of: expected)
    let defaultCall = try call(nil)
    let standard = Contender(nil, defaultCall, seconds: try prepare(defaultCall))
    if let flaw = try flaw(expected, bound) {
      throw CommandFailure(
        "\(operation.name) \(operation.shapeText): the default plan's \(flaw); check the driver, or set DELTACL_EXACT=1"
      )
    }
    var contenders = [standard]
    let candidates = backend.planCandidates(for: operation)
    let order = (first.map { [$0] } ?? []) + candidates.filter { $0 != first }
    var tried = 0
    var longestTrial = 0.0
    for choice in order {
      let measuring = 10 * contenders.reduce(0) { $0 + $1.seconds * Double($1.repeats) }
      let began = elapsed()
      // Trials must leave the time for measuring; a program takes some tenths of a second to build.
      if began + max(measuring, budget / 4) + longestTrial > budget { break }
      do {
        let call = try call(choice)
        let contender = Contender(choice, call, seconds: try prepare(call))
        if let flaw = try flaw(expected, bound) {
          rejected(choice, flaw)
        } else if contender.seconds < 2 * standard.seconds {
          contenders.append(contender)
        }
      } catch let error as DeltaCLError {
        rejected(choice, error.message)
      }
      tried += 1
      longestTrial = max(longestTrial, elapsed() - began)
    }
    var rounds = 0
    while rounds < Self.maximumRounds, rounds == 0 || elapsed() < budget {
      for contender in contenders { contender.samples.append(try sample(contender)) }
      rounds += 1
      // Those that cannot win gradually make room for the others.
      if rounds >= 3, let best = contenders.map(\.median).min() {
        contenders.removeAll { $0.choice != nil && $0.median > 1.15 * best }
      }
    }
    let isCertain = order.isEmpty || tried > 0 && rounds >= Self.minimumRounds
    let best = contenders.dropFirst().min { $0.median < $1.median }
    // Samples of one round are neighbours in time, so that what disturbs both cancels out.
    let ratios = zip(best?.samples ?? [], standard.samples).map { $0 / $1 }
    let isFaster = isCertain && SampleStatistics(ratios).quantile(0.75) <= 1 - Self.margin
    return Outcome(
      defaultSeconds: standard.median,
      winner: isFaster ? best.flatMap { best in best.choice.map { ($0, best.median) } } : nil, count: tried + 1,
      isCertain: isCertain)
  }

  /// The operation, bound by a choice or as the backend does by default.
  private func call(_ choice: PlanChoice?) throws -> any BoundOperation {
    let plan = try choice.map { try backend.plan(for: operation, choice: $0) } ?? backend.plan(for: operation)
    return try plan.bind(storages, scratch: backend.sharedScratch(for: plan), label: "tune \(operation.name)")
  }

  private func run(_ call: any BoundOperation, times: Int = 1) throws {
    for _ in 0..<times { try call.enqueue() }
    try backend.finish()
  }

  /// Warms up on an output that is NaN before.
  ///
  /// - Returns: The seconds of a call.
  private func prepare(_ call: any BoundOperation) throws -> Double {
    try output.write([Float](repeating: .nan, count: output.shape.elementCount))
    try run(call)
    let start = clock.now
    try run(call)
    return (clock.now - start) / .seconds(1)
  }

  private func sample(_ contender: Contender) throws -> Double {
    let start = clock.now
    try run(contender.call, times: contender.repeats)
    return (clock.now - start) / .seconds(1) / Double(contender.repeats)
  }

  /// How far a result may be off, from a result that is checked at some elements first.
  private func bound(of values: [Float]) throws -> Double {
    let sum = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    let scale = (sum / Double(max(values.count, 1))).squareRoot()
    guard !values.isEmpty, let terms = operation.referenceSample(at: 0, of: inputs)?.terms else { return 0 }
    let bound = Self.maximumError * scale * max(1, (Double(terms) / Self.termsWithinError).squareRoot())
    // Elements at the same distance, from the first to the last.
    let samples = max(2, min(256, values.count, 10_000_000 / max(terms, 1)))
    for sample in 0..<samples {
      let index = sample * (values.count - 1) / (samples - 1)
      guard let expected = operation.referenceSample(at: index, of: inputs)?.value else { continue }
      guard abs(Double(values[index]) - expected) <= bound else {
        throw CommandFailure(
          "\(operation.name) \(operation.shapeText): element \(index) of the direct sum is \(values[index]), not "
            + "\(expected); check the driver")
      }
    }
    return bound
  }

  /// What is wrong with the output; `nil` if nothing is.
  private func flaw(_ expected: [Float], _ bound: Double) throws -> String? {
    let values = try output.floats()
    var worst = 0.0
    for (value, expected) in zip(values, expected) {
      let error = abs(Double(value) - Double(expected))
      guard error.isFinite else { return "result has an element \(value)" }
      worst = max(worst, error)
    }
    return worst <= bound ? nil : "largest error is \(worst), over the bound of \(bound)"
  }
}
