import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem
import Foundation

struct BenchDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Measures how fast images are read and prepared for a network.",
    discussion: """
      Draws batches as training does, without a network that takes them: the images per second are the most that training \
      can reach. Images that were read lately come from memory, not from the disk. The peak is the most memory that the process \
      had at a time.

      JSON is an object with dataset, count (training images), batch, imagesPerSecond and peakBytes.
      """)

  private struct Report: Encodable {
    let dataset: String
    let count: Int
    let batch: Int
    let imagesPerSecond: Double
    let peakBytes: Int?
  }

  @Option(help: ArgumentHelp("The data set: fashion-mnist, digits, a folder or a table.", valueName: "name"))
  var dataset: String

  @Option(help: ArgumentHelp("The network whose form the images are brought to.", valueName: "name"))
  var network = "resnet18"

  @OptionGroup(title: "Images")
  var data: TrainingDataOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The images of a batch (default: 64, 8 for large images).", valueName: "count"),
    transform: NumberOption.count)
  var batchSize: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seconds to measure for (default: 5).", valueName: "seconds"),
    transform: NumberOption.positive)
  var budget = 5.0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard budget > 0, budget.isFinite else {
      throw ValidationError("the budget must be a positive number of seconds, not \(budget)")
    }
    if let batchSize, batchSize < 1 {
      throw ValidationError("the batch size must be at least 1, not \(batchSize)")
    }
    do {
      _ = try Network.named(network, classes: 1)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let images = try data.load(dataset, seed: 1).train
    let network = try data.network(network, classes: 1)
    let batch = min(batchSize ?? network.benchmarkBatch, images.count)
    let preparation = try network.preparation(
      normalization: Normalization(mean: 0.5, standardDeviation: 0.25), pixelMaximum: images.pixelMaximum)
    let loader = BatchLoader(
      images, preparation: preparation, augmentations: data.augment ?? [], batchSize: batch, epochs: .max, seed: 1,
      shuffles: true)
    let clock = ContinuousClock()
    // What is prepared while nobody takes it does not count.
    for _ in 0..<4 {
      if let batch = try loader.next() { loader.recycle(batch) }
    }
    let start = clock.now
    var count = 0
    while (clock.now - start) / .seconds(1) < budget, let batch = try loader.next() {
      count += batch.count
      loader.recycle(batch)
    }
    let report = Report(
      dataset: dataset, count: images.count, batch: batch,
      imagesPerSecond: Double(count) / ((clock.now - start) / .seconds(1)), peakBytes: Self.peakByteCount)
    if json { return try Output.json(report) }
    let peak = report.peakBytes.map { ", peak \((Double($0) / 1_048_576).text(decimals: 1)) MiB" } ?? ""
    try Output.line(
      "\(dataset.escapedForTerminal): \(images.count) images in batches of \(batch): "
        + "\(report.imagesPerSecond.text(decimals: 1)) images/s\(peak)")
  }

  /// The most memory that the process had at a time, as Linux counts it.
  private static var peakByteCount: Int? {
    SmallFile.read("/proc/self/status").flatMap { bytes in
      String(decoding: bytes, as: UTF8.self).firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) }.map { $0 * 1024 }
    }
  }
}
