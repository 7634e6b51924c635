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
    struct Default: Encodable {
      let request: String
      let selector: String
      let reason: String
    }

    let platforms: [DeviceReport.PlatformReport]
    let devices: [DeviceReport]
    let `default`: Default
  }

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Show only this device: auto, gpu, cpu, reference, P:D, or a part of a name.", valueName: "device"))
  var device: String?

  func run() throws {
    var platforms: [Platform] = []
    do {
      platforms = try Platform.all()
      if platforms.isEmpty { Output.message(Self.noPlatform) }
    } catch {
      Output.message("the OpenCL loader failed to list its platforms: \(error)")
    }
    // What the environment asks for is what the other commands take.
    let request = Backends.defaultSelection
    let choice = try defaultChoice(request)
    let shown = try device.map { [try Backends.choose($0).candidate] } ?? Backends.available()
    let barren = platforms.enumerated().filter { index, platform in isWithoutDevices(platform, index: index) }
    let family = chosenFamily()
    let reports = shown.map {
      DeviceReport(
        $0, platforms: platforms, isDefault: $0.selector == choice.candidate.selector, family: family)
    }
    if json {
      let listing = Listing(
        platforms: platforms.enumerated().map { DeviceReport.PlatformReport($1, index: $0) }, devices: reports,
        default: Listing.Default(request: request, selector: choice.candidate.selector, reason: choice.reason))
      return try Output.json(listing)
    }
    for report in reports { try Output.line(report.text + "\n") }
    for (index, platform) in barren where device == nil {
      try Output.line("platform \(index): \(platform.name) (\(platform.version)) has no device\n")
    }
    try Output.line("default: \(choice.candidate.selector) (\(choice.reason))")
  }

  /// Whether a platform offers nothing to compute on, which its driver may give a reason for.
  private func isWithoutDevices(_ platform: Platform, index: Int) -> Bool {
    do {
      return try platform.devices().isEmpty
    } catch {
      Output.message("platform \(index) (\(platform.name)) failed to list its devices: \(error)")
      return true
    }
  }

  /// What the other commands take by default. A variable that fits nothing must not hide the list that helps to mend it.
  private func defaultChoice(_ request: String) throws -> BackendChoice {
    do {
      return try Backends.choose(request)
    } catch {
      Output.message("\(Backends.environmentVariable) is '\(request)', which no command will take: \(error)")
      return try Backends.choose("auto")
    }
  }

  /// The family of kernels that the environment asks for, where it is one.
  private func chosenFamily() -> KernelFamily? {
    do {
      return try Backends.defaultFamily
    } catch {
      Output.message("no command will compute: \(error)")
      return nil
    }
  }

  private static let noPlatform = """
    no OpenCL platform is installed; `reference` remains, which is slow. To compute on the processor install PoCL \
    (apt-get install pocl-opencl-icd), on a GPU the driver of its vendor
    """
}
