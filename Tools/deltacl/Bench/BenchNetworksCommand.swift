import ArgumentParser
import DeltaCL
import DeltaCLNetworks

struct BenchNetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks",
    abstract: "Measures whole training or inference steps.",
    discussion: """
      A training step is forward in training mode, softmax cross-entropy, backward and stochastic gradient descent with \
      momentum, on random images. The device is opened anew for each network, so that its memory and its first step are its own. \
      The first step includes opening the device and building programs; drivers keep those on disk, so for a cold start \
      give the driver an empty cache, PoCL by POCL_CACHE_DIR.

      JSON is an array of objects with network, batch, mode, medianSeconds, peakBytes (device memory), \
      firstStepSeconds and hostSeconds (until the call that enqueues a step returns).
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A network; may be repeated (default: \(Network.benchmarkNames.joined(separator: ", "))).", valueName: "name"))
  var network: [String] = []

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The images of a step; may be repeated (default: 64, 8 for large images).", valueName: "count"),
    transform: NumberOption.count)
  var batchSize: [Int] = []

  @Option(help: ArgumentHelp("train or infer.", valueName: "mode"))
  var mode = BenchMode.train

  @OptionGroup
  var options: BenchOptions

  func validate() throws {
    if let batchSize = batchSize.first(where: { $0 < 1 }) {
      throw ValidationError("the batch size must be at least 1, not \(batchSize)")
    }
    do {
      _ = try networks()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let networks = try networks()
    let ceilings = try options.ceilings(of: options.profile.open(options.device, announces: !options.json))
    let table = Columns(
      columns: [
        .text("network", 12), .number("batch", 5), .text("mode", 5), .number("ms"), .number("spread", 7),
        .number("images/s"), .number("GFLOP/s", 8), .number("of FMA", 7), .number("GB/s", 6), .number("of copy", 7),
        .number("peak MiB"), .number("first s", 8), .number("host ms", 8),
      ])
    if !options.json {
      if let ceilings { try Output.line(ceilings.text) }
      try Output.line(table.header)
    }

    var list = JSONList()
    var failures = InputFailures()
    var profiles: [Profile] = []
    for network in networks {
      for batch in batchSize.isEmpty ? [network.benchmarkBatch] : batchSize {
        try failures.attempt {
          let measurement = try NetworkMeasurement(
            network, batch: batch, mode, Sampler(budget: options.budget ?? 5),
            makeBackend: { try options.device.newBackend(profiling: options.profile.isWanted) },
            warmedUp: { _ = try ($0 as? OpenCLBackend)?.takeProfile() },
            finished: { backend in
              guard var profile = try options.profile.take(from: backend) else { return }
              profile.queue = "\(network.name) \(mode.rawValue), batch \(batch), on \(profile.queue)"
              profiles.append(profile)
            })
          if options.json {
            try list.append(measurement)
          } else {
            try Output.line(table.line(Self.cells(measurement, ceilings)))
          }
        }
      }
    }
    if options.json { try list.end() }
    try options.profile.write(profiles)
    try failures.end()
  }

  private func networks() throws -> [Network] {
    try (network.isEmpty ? Network.benchmarkNames : network).map(Network.benchmarked)
  }

  private static func cells(_ measurement: NetworkMeasurement, _ ceilings: DeviceCeilings?) -> [String] {
    [
      measurement.network, "\(measurement.batch)", measurement.mode.rawValue, measurement.medianSeconds.milliseconds,
      measurement.spread.percent, (Double(measurement.batch) / measurement.medianSeconds).text(decimals: 1),
      measurement.gflops.text(decimals: 1), ceilings.map { (measurement.gflops / $0.gflops).percent } ?? "-",
      measurement.gigabytesPerSecond.text(decimals: 1),
      ceilings.map { (measurement.gigabytesPerSecond / $0.gigabytesPerSecond).percent } ?? "-",
      measurement.peakBytes.map { (Double($0) / 1_048_576).text(decimals: 1) } ?? "-",
      measurement.firstStepSeconds.text(decimals: 2), measurement.hostSeconds.milliseconds,
    ]
  }
}

extension Network {
  /// A network by its name with the classes of the images it was made for.
  static func benchmarked(_ name: String) throws -> Network {
    let network = try Network.named(name, classes: 10)
    return network.isForLargeImages ? try Network.named(name, classes: 1000) : network
  }

  /// The usual number of images in a step.
  var benchmarkBatch: Int { isForLargeImages ? 8 : 64 }

  /// Whether it is for ImageNet's images and classes rather than for those of MNIST and CIFAR.
  private var isForLargeImages: Bool { inputSize.rows >= 128 }
}
