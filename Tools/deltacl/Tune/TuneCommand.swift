import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import Foundation

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Measures which plans are the fastest on a device, and has all other commands use them.",
    discussion: """
      A plan is the algorithm, register tile and other numbers that an operation's kernels run with. Each convolution \
      and dense layer of a training step, or of the shapes, is planned in several ways; those that compute correctly are \
      measured in turns. The fastest is kept if it beats the default by more than \
      \(Int(PlanTuner.margin * 100)) % in three rounds of four.

      What is found goes to a file for the device, its driver and the kernels in the cache folder: $DELTACL_CACHE_DIR, \
      else $XDG_CACHE_HOME/deltacl, else ~/.cache/deltacl. It is added to what is there, and every command that opens \
      the device uses it from then on. DELTACL_TUNING=0 turns that off; deleting the file undoes it. Another plan may \
      round differently, so results may change in their last bits; with one file they repeat bit for bit.

      More budget tries more plans and measures them more often: about 5 s per operation are worth it. Nothing else \
      should run at the same time.

      Examples:

        deltacl tune --network lenet --batch-size 64
        deltacl tune --network resnet18 --batch-size 8 --batch-size 1 --budget 300
        deltacl tune --shape 16,56,56,128,256,3,3,2,1 --direction delta
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A network, see `deltacl networks`; may be repeated.", valueName: "name"))
  var network: [String] = []

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The images of the network's step; may be repeated (default: 64, 8 for large images).", valueName: "count"),
    transform: NumberOption.count)
  var batchSize: [Int] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A convolution, \(LayerShape.form); a stride, padding or dilation may be two, as 2x1. May be repeated.",
      valueName: "numbers"))
  var shape: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Only this direction (forward, delta, gradient); may be repeated.", valueName: "direction"))
  var direction: [BenchDirection] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The seconds to spend, shared by all operations (default: 60).", valueName: "seconds"),
    transform: NumberOption.positive)
  var budget = 60.0

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    guard budget > 0, budget.isFinite else {
      throw ValidationError("the budget must be a positive number of seconds, not \(budget)")
    }
    if let batchSize = batchSize.first(where: { $0 < 1 }) {
      throw ValidationError("the batch size must be at least 1, not \(batchSize)")
    }
    guard !network.isEmpty || !shape.isEmpty else { throw ValidationError("give a --network or a --shape to tune") }
    guard batchSize.isEmpty || !network.isEmpty else { throw ValidationError("--batch-size needs a --network") }
    do {
      _ = try operations()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let operations = try operations()
    guard let backend = try device.untunedBackend() else {
      throw CommandFailure("the reference backend has no plans to choose from: choose an OpenCL device with --device")
    }
    let file = try TuningFile(for: backend.device)
    let known = file.read()
    // A folder that cannot be written is found before the work.
    try file.update { _ in }
    let table = Columns(
      columns: [
        .text("operation", 20), .text("shape", 32), .number("default ms", 10), .number("best ms"), .number("gain", 6),
        .text("plan", 4),
      ])
    try Output.line(table.header)

    let clock = ContinuousClock()
    let start = clock.now
    var winners = 0
    var failures = InputFailures()
    for (index, operation) in operations.enumerated() {
      let remaining = budget - (clock.now - start) / .seconds(1)
      guard remaining > 0 else {
        Output.message(
          "the budget of \(budget) s is spent: \(operations.count - index) operations are left as they were")
        break
      }
      Output.message("\(index + 1) of \(operations.count): \(operation.name) \(operation.shapeText)")
      var tuned: PlanTuner.Outcome?
      try failures.attempt {
        tuned = try PlanTuner(operation, on: backend).run(
          first: known?.entry(for: operation, exact: backend.isExact)?.choice,
          budget: remaining / Double(operations.count - index)
        ) { choice, reason in
          Output.message("rejected '\(choice)': \(reason)")
        }
      }
      guard let outcome = tuned else { continue }
      try Output.line(table.line(Self.cells(operation, outcome)))
      guard outcome.isCertain else { continue }
      winners += outcome.winner == nil ? 0 : 1
      try file.update { tuning in
        if let winner = outcome.winner {
          tuning.insert(
            Tuning.Entry(
              operation, exact: backend.isExact, choice: winner.choice, seconds: winner.seconds,
              defaultSeconds: outcome.defaultSeconds))
        } else {
          tuning.remove(operation, exact: backend.isExact)
        }
      }
    }
    Output.message(
      "\(winners) of \(operations.count) operations have a faster plan; wrote \(file.path.escapedForTerminal)")
    try failures.end()
  }

  /// The operations to tune, each once.
  private func operations() throws -> [TensorOperation] {
    var operations = try shape.map(LayerShape.init(parsing:)).flatMap { layer in
      BenchDirection.allCases.flatMap(layer.operations)
    }
    for name in network {
      let network = try Network.benchmarked(name)
      for batch in batchSize.isEmpty ? [network.benchmarkBatch] : batchSize {
        do {
          operations += try network.trainingOperations(batch: batch).map(\.withoutEpilogue)
        } catch {
          throw CommandFailure("with a batch size of \(batch), \(error)")
        }
      }
    }
    var seen: Set<String> = []
    return operations.filter { operation in
      guard operation.hasPlanChoices, direction.isEmpty || direction.contains(where: operation.isOf) else {
        return false
      }
      return seen.insert("\(operation.name) \(operation.shapeText)").inserted
    }
  }

  private static func cells(_ operation: TensorOperation, _ outcome: PlanTuner.Outcome) -> [String] {
    let milliseconds = outcome.defaultSeconds.milliseconds
    let cells = [operation.name, operation.shapeText, milliseconds]
    guard let winner = outcome.winner else {
      let plan = outcome.isCertain ? "default, the best of \(outcome.count)" : "default, too little time to tell"
      return cells + [milliseconds, "-", plan]
    }
    return cells + [
      winner.seconds.milliseconds, (1 - winner.seconds / outcome.defaultSeconds).percent, "\(winner.choice)",
    ]
  }
}

extension TensorOperation {
  fileprivate func isOf(_ direction: BenchDirection) -> Bool {
    switch direction {
    case .forward: name == "convolution" || name == "dense"
    case .delta: name.hasSuffix("-delta")
    case .gradient: name.hasSuffix("-gradient")
    }
  }
}
