import ArgumentParser
import DeltaCL

/// The options of all `deltacl bench` commands that measure operations.
struct BenchOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most seconds for one measurement; it ends earlier when the median is certain to 1 %.",
      valueName: "seconds"), transform: NumberOption.positive)
  var budget: Double?

  @OptionGroup
  var profile: ProfileOption

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("the budget must be a positive number of seconds, not \(budget)")
    }
  }

  /// The device's ceilings, for texts that compare with them: none for JSON and on the reference backend.
  func ceilings(of backend: any Backend) throws -> DeviceCeilings? {
    guard !json, let backend = backend as? OpenCLBackend else { return nil }
    return try DeviceCeilings.measure(on: backend)
  }
}

extension DeviceCeilings {
  /// The line above a table that compares with the ceilings.
  var text: String {
    "ceilings: \(gflops.text(decimals: 1)) GFLOP/s, \(gigabytesPerSecond.text(decimals: 1)) GB/s copied, "
      + "\((launchSeconds * 1e6).text(decimals: 0)) us for a launch"
  }
}
