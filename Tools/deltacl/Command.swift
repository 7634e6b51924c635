import ArgumentParser
import CrashMessage
import DeltaCL
import Foundation
import OpenCL

/// The `deltacl` command.
@main
struct Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deltacl",
    abstract: "Trains and runs convolutional networks on any OpenCL device.",
    discussion: """
      A first run, with no file but the command itself:

        deltacl devices
        deltacl train --dataset digits
        deltacl evaluate runs/lenet-digits/model.safetensors
        deltacl predict runs/lenet-digits/model.safetensors image.png

      Results go to standard output, messages to standard error. The exit status is 0 for success, 64 if the \
      arguments are wrong, and 1 if something failed: a file, a device, a training run that diverged.

      Devices are selected with --device or the variable DELTACL_DEVICE: auto, gpu, cpu, reference, P:D as \
      `deltacl devices` prints it, or a part of a platform's or device's name.

      Environment variables:

        DELTACL_DEVICE       the device, if --device is not given
        DELTACL_FAMILY       tile (kernels made for CPUs) or local (for GPUs) in place of those for the device's class
        DELTACL_EXACT        1: no algorithms that round more than direct sums
        DELTACL_TUNING       0: do not use what `deltacl tune` has found
        DELTACL_CACHE_DIR    where `deltacl tune` and `deltacl selftest` keep it, in place of ~/.cache/deltacl
        DELTACL_VERBOSE      1: say for each operation which plan was taken, and why
        DELTACL_KERNELS_DIR  a folder to read the kernels' sources from, to develop them
        POCL_CACHE_DIR       where the kernels that PoCL compiled are kept, in place of ~/.cache/deltacl/pocl
        DELTACL_CACHE_MAXSIZE
                             the most bytes of them, or with K, M or G as 512M; 0: no limit (default: 1G)
        POCL_AFFINITY        0: PoCL's threads may move between processors; otherwise each stays on one if the \
      process may use all
      """,
    version: "0.1.0",
    subcommands: [
      DevicesCommand.self, DatasetsCommand.self, NetworksCommand.self, SummaryCommand.self, TrainCommand.self,
      EvaluateCommand.self, PredictCommand.self, RunCommand.self, ConvertCommand.self,
      OpCommand.self, BenchCommand.self, TuneCommand.self, SelfTestCommand.self, GradientsCommand.self,
      LaunchesCommand.self,
    ])

  static func main() {
    // A write beyond the file size limit must fail, not end the process.
    signal(SIGXFSZ, SIG_IGN)
    // And so must one to a pipe that nobody reads.
    signal(SIGPIPE, SIG_IGN)
    Output.occupyClosedStreams()
    Backends.pinThreads()
    var status: Int32 = 0
    do {
      try Arguments.requireNoneEmpty()
      var command = try parseAsRoot(Arguments.all)
      // A shell starts commands in the background with SIGINT ignored; deltacl ends at once nevertheless.
      _ = try Interruption.shared.get()
      try command.run()
    } catch {
      status = report(error)
    }
    crash_message_clear()
    Foundation.exit(status)
  }

  /// Prints what ended the command and returns its exit status.
  private static func report(_ error: any Error) -> Int32 {
    if let status = error as? ExitCode { return status.rawValue }
    let status = exitCode(for: error)
    switch status {
    case .success:
      // Help and version are answers, which argument-parser hands over as errors.
      do {
        try Output.write(fullMessage(for: error) + "\n")
      } catch {
        return report(error)
      }
    case .validationFailure:
      let message = Output.oneLine(message(for: error))
      let name = Arguments.all.first { argument in
        configuration.subcommands.contains { $0._commandName == argument }
      }
      let help = ["deltacl", name, "--help"].compactMap(\.self).joined(separator: " ")
      Output.message("error: \(message); see \(help)")
    default:
      Output.failure(error)
    }
    return status.rawValue
  }
}
