import ArgumentParser
import DeltaCL
import DeltaCLNetworks

/// For those who develop kernels; `Tools/check-gpu-kernels` reads what it prints.
struct LaunchesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launches",
    abstract: "Prints the kernel launches of networks on GPU devices as JSON.",
    discussion: """
      Plans the training and the inference of each network for the GPUs of a vendor, by the defaults. No device is needed \
      or opened.

      JSON is an object: launches, each with kernel, source, constants, definitions, globalSize, localSize, parameters, integers \
      (arguments) and buffers (name, byteCount, access); steps, each with network, mode, batch and operations, which have operation, \
      shapes, multiplications, launches (indices) and count.
      """,
    shouldDisplay: false)

  @Option(
    help: ArgumentHelp(
      "The vendor: \(GPUVendor.allCases.map(\.rawValue).joined(separator: ", ")) (default: NVIDIA).", valueName: "name")
  )
  var vendor = GPUVendor.nvidia

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A size of sub-groups that kernels may require, as on Intel's GPUs, or several by repeating the option.",
      valueName: "number"), transform: NumberOption.count)
  var subgroupSize: [Int] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A network, or several by repeating the option (default: \(Network.benchmarkNames.joined(separator: ", "))).",
      valueName: "name"))
  var network: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A batch size, or several by repeating the option (default: 1, 32, 256).", valueName: "number"),
    transform: NumberOption.count)
  var batch: [Int] = []

  private static let classes = 1000

  func validate() throws {
    if let size = batch.first(where: { $0 < 1 }) { throw ValidationError("--batch \(size) must be at least 1") }
    do {
      for name in network { _ = try Network.named(name, classes: Self.classes) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    var table = LaunchTable(vendor: vendor, subgroupSizes: subgroupSize)
    for name in network.isEmpty ? Network.benchmarkNames : network {
      let network = try Network.named(name, classes: Self.classes)
      for batch in batch.isEmpty ? [1, 32, 256] : batch {
        try table.append(
          network: name, mode: "training", batch: batch, network.compiledTrainingOperations(batch: batch))
        try table.append(
          network: name, mode: "inference", batch: batch, network.compiledInferenceOperations(batch: batch))
      }
    }
    try Output.json(table)
  }
}

extension GPUVendor: ExpressibleByArgument {}
