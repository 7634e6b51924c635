import ArgumentParser
import DeltaCL

struct BenchCeilingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceilings",
    abstract: "Measures what the device can do at most: multiply-adds, bytes copied, launches.",
    discussion: """
      JSON is an object with device, gflops, gigabytesPerSecond (read and written together), launchSeconds (from \
      enqueueing the smallest kernel to knowing that it has finished) and queuedLaunchSeconds (what one adds if many \
      are enqueued before the wait).
      """)

  private struct Report: Encodable {
    let device: String
    let gflops: Double
    let gigabytesPerSecond: Double
    let launchSeconds: Double
    let queuedLaunchSeconds: Double
  }

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup
  var device: DeviceOption

  func run() throws {
    guard let backend = try device.newBackend() as? OpenCLBackend else {
      throw CommandFailure("the reference backend has no ceilings: choose an OpenCL device with --device")
    }
    let ceilings = try DeviceCeilings.measure(on: backend)
    if json {
      let report = Report(
        device: backend.device.name, gflops: ceilings.gflops, gigabytesPerSecond: ceilings.gigabytesPerSecond,
        launchSeconds: ceilings.launchSeconds, queuedLaunchSeconds: ceilings.queuedLaunchSeconds)
      return try Output.json(report)
    }
    try Output.line("\(backend)")
    let launch = (ceilings.launchSeconds * 1e6).text(decimals: 1)
    let queuedLaunch = (ceilings.queuedLaunchSeconds * 1e6).text(decimals: 1)
    try Output.line("multiply-adds  \(ceilings.gflops.text(decimals: 1)) GFLOP/s")
    try Output.line("copy           \(ceilings.gigabytesPerSecond.text(decimals: 1)) GB/s, read and written together")
    try Output.line("launch         \(launch) us until it is known to have finished")
    try Output.line("queued launch  \(queuedLaunch) us each of many")
  }
}
