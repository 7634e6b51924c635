import ArgumentParser
import DeltaCL
import DeltaCLData

/// What is written at the end of a self-test, also of one whose driver does not come back.
struct SelfTestConclusion: Sendable {
  let test: SelfTest
  let candidate: BackendCandidate
  let file: SelfTestFile
  /// The path of the report; `nil` for none.
  let report: String?
  let json: Bool

  /// Keeps what follows from the results and shows them.
  ///
  /// - Throws: `ExitCode` 1 where a kernel computed wrong; `DataError` where a file cannot be written; ``OutputFailure``.
  func write(_ results: [SelfTest.Result]) throws {
    let record = test.record(of: results)
    try file.write(record)
    let report = SelfTestReport(test, record, results, on: candidate)
    if let path = self.report { try AtomicFile.write(Output.jsonText(report) + "\n", to: path) }
    if json { try Output.json(report) } else { try writeTable(results, record, seconds: report.seconds) }
    for result in results where result.outcome != .passed {
      Output.message(
        "\(result.outcome.name): \(result.variant.name) \(result.variant.shape): \(Output.oneLine("\(result.outcome)")) "
          + "(\(result.variant.kernelNames.joined(separator: ", ")))")
    }
    for kernel in record.excludedKernels {
      Output.message("excluded from planning on this device and driver: \(kernel)")
    }
    Output.message(
      "wrote \(([file.path] + [self.report].compactMap(\.self)).joined(separator: ", ").escapedForTerminal)")
    let hasFailed = results.contains { $0.outcome.name == "failed" || $0.outcome.name == "hung" }
    if hasFailed || record.state.hasFailed { throw ExitCode(1) }
  }

  /// A row for each operation and algorithm, and the state.
  private func writeTable(_ results: [SelfTest.Result], _ record: SelfTestRecord, seconds: Double) throws {
    let table = Columns(
      columns: [
        .text("operation", 31), .text("algorithm", 13), .number("plans", 5), .number("seconds", 7), .text("result", 6),
      ])
    var groups: [(key: [String], results: [SelfTest.Result])] = []
    for result in results {
      let key = [result.variant.operation, result.variant.choice?.algorithm ?? ""]
      if let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].results.append(result)
      } else {
        groups.append((key, [result]))
      }
    }
    try Output.line(table.header)
    for (key, results) in groups {
      let wrong = results.filter { $0.outcome != .passed }
      let names = Set(wrong.map(\.outcome.name)).sorted().map { name in
        "\(wrong.count { $0.outcome.name == name }) \(name)"
      }
      try Output.line(
        table.line(
          key + [
            "\(results.count)", results.reduce(0) { $0 + $1.seconds }.text(decimals: 2),
            wrong.isEmpty ? "passed" : names.joined(separator: ", "),
          ]))
    }
    let state = Output.oneLine("\(record.state)")
    try Output.line("\(candidate.selector) (\(candidate.name)): \(state), in \(seconds.text(decimals: 1)) s")
  }
}
