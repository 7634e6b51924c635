import ArgumentParser
import CrashMessage
import DeltaCL
import DeltaCLData
import Foundation

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract:
      "Finds out whether a device and its driver compute right, and has all other commands avoid what does not.",
    discussion: """
      A driver's compiler may make wrong code of a kernel. Each kernel that plans may run, with tiles that it is built \
      for, is run on a small shape, twice and between margins, and held to the reference: bit for bit where \
      the data are integers, else within a bound.

      Without --thorough there are tiles of all vector widths and about all sizes; with it every tile is run that \
      `deltacl tune` would try for the test's shapes, which takes several times as long.

      What is found goes to a file for the device, its driver and the kernels in the cache folder: $DELTACL_CACHE_DIR, \
      else $XDG_CACHE_HOME/deltacl, else ~/.cache/deltacl. From then on plans with a kernel that failed are not taken on \
      this device, other algorithms and tiles take their place, and an operation that has none left is an error that \
      says so. A device with a failure that cannot be planned around is no longer taken by `auto`; \
      `deltacl devices` shows the state. With another driver or other kernels the file counts no more. Running the \
      command again replaces it, and deleting it undoes it.

      A variant that the device refuses, for want of memory or for the size of its work-groups, is excluded too, which \
      is no failure as long as there are others. A kernel that does not end within --timeout ends the command, which names it.

      The report is JSON with the device, driver, versions and results. It has no paths and no names of users or \
      machines: send it with a bug report. The exit status is 1 where something failed.

      Examples:

        deltacl selftest
        deltacl selftest --device gpu --report selftest.json
      """)

  @Flag(help: "Print the report as JSON in place of the table.")
  var json = false

  @Flag(help: "Run every tile.")
  var thorough = false

  @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
  var report: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The seconds within which each variant has to end, compilation included.", valueName: "seconds"),
    transform: NumberOption.positive)
  var timeout = 120.0

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    guard timeout > 0, timeout.isFinite else {
      throw ValidationError("the timeout must be a positive number of seconds, not \(timeout)")
    }
  }

  func run() throws {
    let candidate = try device.candidate(announces: true)
    guard let opencl = candidate.device else {
      throw CommandFailure("the reference backend has no kernels to test: choose an OpenCL device with --device")
    }
    let test = try SelfTest(
      opencl, selector: candidate.selector, family: Backends.defaultFamily, isThorough: thorough)
    // What cannot be written is found before the work.
    let conclusion = SelfTestConclusion(
      test: test, candidate: candidate, file: try SelfTestFile(for: test.subject), report: report, json: json)
    for path in [conclusion.file.path] + [report].compactMap(\.self) { try AtomicFile.probe(path) }
    let watchdog = try SelfTestWatchdog(limit: timeout) { results in
      do {
        try conclusion.write(results)
      } catch {
        if !(error is ExitCode) { Output.failure(error) }
      }
    }
    var progress = ProgressLine()
    for (index, variant) in test.variants.enumerated() {
      if !json { try progress.show("\(index + 1) of \(test.variants.count): \(variant.name)") }
      crash_message_set(
        "deltacl: error: the process crashed, most likely in the OpenCL driver, while it ran \(variant.name) "
          + "\(variant.shape) (\(variant.kernelNames.joined(separator: ", "))): choose another device, or update the driver\n"
      )
      watchdog.run(variant, of: test)
    }
    try progress.clear()
    try conclusion.write(watchdog.results)
  }
}
