import ArgumentParser
import DeltaCLData

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets",
    abstract: "Lists data sets, or describes folders and tables of images.",
    discussion: """
      Without a path it lists the data sets that have a name. Of a folder or a table it says what training would see: \
      the images to train on and to test on, their size and the classes. What `train --dataset` takes:

        fashion-mnist, digits
          Data sets that have a name; ./digits is a folder.
        FOLDER with FOLDER/CLASS/IMAGE
          Parted by train --validation-split. Classes have the names and the order
          of the folders. Hidden files and those not named as images do not count.
        FOLDER with FOLDER/train/CLASS/IMAGE and FOLDER/val/CLASS/IMAGE
          val may be valid or validation; test is for `evaluate`, if it is there.
        TABLE.csv
          Lines PATH,CLASS or PATH,CLASS,PART, where PART is train, val or test.
          Paths begin in the table's folder; a header may come first.
        FOLDER with train-images-idx3-ubyte and so on, as MNIST
          Plain or .gz, also in FOLDER/raw and FOLDER/MNIST/raw, and those of
          Fashion-MNIST, KMNIST and EMNIST.
        FOLDER/emnist-letters
          One of several data sets in a folder, by how its files' names begin.
        FOLDER with data_batch_1.bin or train.bin, as CIFAR-10 and CIFAR-100
          Also the folder with cifar-10-batches-bin or cifar-100-binary.

      Examples:

        deltacl datasets
        deltacl datasets ~/photos labels.csv --json
      """)

  private struct Report: Encodable {
    let name: String
    let trainCount: Int
    let testCount: Int
    /// Rows, columns and channels; `nil` if the images are files, which may differ.
    let imageSize: [Int]?
    let classes: [String]
  }

  @Argument(
    help: ArgumentHelp("Folders, tables or names (default: the data sets that have a name).", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var list = JSONList()
    var failures = InputFailures()
    let table = Columns(
      columns: [
        .text("name", 14), .number("train", 7), .number("test", 7), .text("size", 9), .number("classes", 7),
        .text("first classes", 1),
      ])
    if !json { try Output.line(table.header) }
    for name in names.isEmpty ? Dataset.knownNames : names {
      try failures.attempt {
        let report = try Self.report(name)
        if json { try list.append(report) } else { try Output.line(table.line(Self.cells(report))) }
      }
    }
    if json { try list.end() }
    try failures.end()
  }

  private static func report(_ name: String) throws -> Report {
    let dataset = try Dataset.load(name)
    let images = dataset.train as? Split
    return Report(
      name: name, trainCount: dataset.train.count, testCount: dataset.test.count,
      imageSize: images.map { [$0.imageRows, $0.imageColumns, $0.channels] }, classes: dataset.classNames)
  }

  private static func cells(_ report: Report) -> [String] {
    let first = report.classes.prefix(5).map(\.escapedForTerminal).joined(separator: ", ")
    return [
      report.name.escapedForTerminal, "\(report.trainCount)", "\(report.testCount)",
      report.imageSize.map { $0.map(String.init).joined(separator: "x") } ?? "files", "\(report.classes.count)",
      first + (report.classes.count > 5 ? ", ..." : ""),
    ]
  }
}
