import ArgumentParser
import DeltaCL
import OpenCL

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "Lists every OpenCL platform and device, the text that selects each, and which one is taken by default.",
    discussion: """
      The word at the start of each entry selects the device, for --device as for DELTACL_DEVICE. The device with the \
      highest score is the default; `reference` needs no driver and is always there.

      Examples:

        deltacl devices
        deltacl devices --device gpu
        deltacl devices --json | python3 -m json.tool
      """)

  private struct Listing: Encodable {
    struct Failure: Encodable {
      let subject: String
      let reason: String
    }

    struct Default: Encodable {
      let request: String
      let selector: String
      let reason: String
    }

    let platforms: [DeviceReport.PlatformReport]
    let devices: [DeviceReport]
    /// The platforms and devices that cannot be used.
    let failures: [Failure]
    let `default`: Default
  }

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Show only this device: auto, gpu, cpu, reference, P:D, or a part of a name.", valueName: "device"))
  var device: String?

  func run() throws {
    try Driver.prepare()
    let failures = Backends.failures()
    for failure in failures { Output.message("\(failure)") }
    if let reason = Backends.kernelCacheObstacle { Output.message("warning: \(reason)") }
    // What the environment asks for is what the other commands take.
    let request = Backends.defaultSelection
    let choice = try defaultChoice(request)
    let shown = try device.map { [try Backends.choose($0).candidate] } ?? Backends.available()
    let family = checkedFamily()
    let reports = shown.map {
      DeviceReport($0, isDefault: $0.selector == choice.candidate.selector, family: family)
    }
    if json {
      // Those that fail are only among the failures.
      let platforms = ((try? Platform.answers()) ?? []).enumerated().compactMap { index, answer in
        (try? answer.get()).map { DeviceReport.PlatformReport($0, index: index) }
      }
      let listing = Listing(
        platforms: platforms, devices: reports,
        failures: failures.map { .init(subject: $0.subject, reason: $0.reason) },
        default: Listing.Default(request: request, selector: choice.candidate.selector, reason: choice.reason))
      return try Output.json(listing)
    }
    for report in reports { try Output.line(report.text + "\n") }
    try Output.line("default: \(choice.candidate.selector) (\(choice.reason))")
  }

  /// What the other commands take by default. A wrong variable must not hide the list that helps to correct it.
  private func defaultChoice(_ request: String) throws -> BackendChoice {
    do {
      return try Backends.choose(request)
    } catch {
      Output.message("\(Backends.environmentVariable) is '\(request)', which no command will take: \(error)")
      return try Backends.choose("auto")
    }
  }

  /// The family of kernels that the environment asks for, if all variables are valid.
  private func checkedFamily() -> KernelFamily? {
    do {
      try Backends.validateEnvironment()
      return try Backends.defaultFamily
    } catch {
      Output.message("no command will compute: \(error)")
      return nil
    }
  }
}
