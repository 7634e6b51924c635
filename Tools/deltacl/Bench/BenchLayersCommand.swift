import ArgumentParser
import DeltaCL

struct BenchLayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "Measures convolutional layers, forward and back.",
    discussion: """
      Without --layer and --shape all named layers are measured: \(LayerShape.names.joined(separator: ", ")).

      The error is the greatest difference of up to 1000 elements from their sums in double precision, relative to the root
      mean square of the result.

      JSON is an array of objects with name, shape, direction, plan (the kernels that ran), medianSeconds, gflops and
      error.
      """)

  @Option(name: .long, help: ArgumentHelp("A named layer; may be repeated.", valueName: "name"))
  var layer: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A layer by its numbers, \(LayerShape.form); a stride, padding or dilation may be two, as 2x1. May be repeated.",
      valueName: "numbers"))
  var shape: [String] = []

  @Option(name: .long, help: ArgumentHelp("Only this direction; may be repeated.", valueName: "direction"))
  var direction: [BenchDirection] = []

  @OptionGroup
  var options: BenchOptions

  func validate() throws {
    do {
      _ = try layers()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let layers = try layers()
    let backend = try options.profile.open(options.device, announces: !options.json)
    let ceilings = try options.ceilings(of: backend)
    let table = Columns(
      columns: [
        .text("layer", 16), .text("direction", 9), .number("ms"), .number("spread", 7), .number("GFLOP/s", 8),
        .number("of FMA", 7), .number("GB/s", 6), .number("of copy", 7), .number("error", 7),
        .text("plan", 4),
      ])
    if !options.json {
      if let ceilings { try Output.line(ceilings.text) }
      try Output.line(table.header)
    }

    var list = JSONList()
    var failures = InputFailures()
    var profile: Profile?
    for layer in layers {
      for direction in direction.isEmpty ? BenchDirection.allCases : direction {
        try failures.attempt {
          let measurement = try LayerMeasurement(
            layer, direction, on: backend, Sampler(budget: options.budget ?? 1),
            warmedUp: { _ = try (backend as? OpenCLBackend)?.takeProfile() })
          if let measured = try options.profile.take(from: backend) {
            profile?.append(contentsOf: measured)
            profile = profile ?? measured
          }
          if options.json {
            try list.append(measurement)
          } else {
            try Output.line(table.line(Self.cells(measurement, ceilings)))
          }
        }
      }
    }
    if options.json { try list.end() }
    try options.profile.write(profile.map { [$0] } ?? [])
    try failures.end()
  }

  private func layers() throws -> [LayerShape] {
    let layers = try layer.map(LayerShape.init(named:)) + shape.map(LayerShape.init(parsing:))
    return layers.isEmpty ? try LayerShape.names.map(LayerShape.init(named:)) : layers
  }

  private static func cells(_ measurement: LayerMeasurement, _ ceilings: DeviceCeilings?) -> [String] {
    [
      measurement.name, measurement.direction.rawValue, measurement.medianSeconds.milliseconds,
      measurement.spread.percent, measurement.gflops.text(decimals: 1),
      ceilings.map { (measurement.gflops / $0.gflops).percent } ?? "-",
      measurement.gigabytesPerSecond.text(decimals: 1),
      ceilings.map { (measurement.gigabytesPerSecond / $0.gigabytesPerSecond).percent } ?? "-",
      measurement.error.scientific, measurement.plan,
    ]
  }
}
