import ArgumentParser
import DeltaCL
import DeltaCLNetworks

struct NetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks",
    abstract: "Lists the networks that have a name.",
    discussion: """
      What `train --network` and other commands take, with the parameters and the images that each network was made for. \
      Those of torchvision are layer by layer its own, also by the names of their parameters, so that its weights fit: \
      `train --initial-weights`, `convert`. Their names may be written as in torchvision: mobilenet_v2.

      JSON is an array of objects with name, parameterCount, classes (for which the parameters are counted), imageSize (rows, \
      columns and channels) and origin.

      Example:

        deltacl networks --json
      """)

  private struct Report: Encodable {
    let name: String
    let parameterCount: Int
    let classes: Int
    /// Rows, columns and channels.
    let imageSize: [Int]
    let origin: String
  }

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reports = try Network.entries.map { entry in
      let network = try Network.benchmarked(entry.name)
      return Report(
        name: entry.name, parameterCount: try NetworkSummary(network).parameterCount, classes: network.classes,
        imageSize: [network.inputSize.rows, network.inputSize.columns, network.inputChannels], origin: entry.origin)
    }
    if json { return try Output.json(reports) }
    let table = Columns(
      columns: [
        .text("network", 18), .number("parameters", 11), .number("classes", 7), .text("images", 9), .text("from", 1),
      ])
    try Output.line(table.header)
    for report in reports {
      try Output.line(
        table.line([
          report.name, "\(report.parameterCount)", "\(report.classes)",
          report.imageSize.map(String.init).joined(separator: "x"), report.origin,
        ]))
    }
  }
}
