import DeltaCL

/// Where the time goes, for a person.
struct ProfileTable {
  let profile: Profile
  /// The labels that are shown; the rest is one line.
  static let rowLimit = 60

  init(_ profile: Profile) {
    self.profile = profile
  }

  var text: String {
    let totals = profile.totals
    let labelWidth = totals.prefix(Self.rowLimit).map(\.label.count).max() ?? 0
    let table = Columns(
      columns: [
        .text("operation", max(labelWidth, 20)), .number("calls", 7), .number("total ms", 10), .number("share", 7),
        .number("GFLOP/s", 8), .number("GB/s", 7),
      ])
    let commandTable = Columns(columns: [.text("kernel", table.columns[0].width)] + table.columns[1...3])
    let all = totals.reduce(0) { $0 + $1.seconds }
    func cells(_ label: String, _ totals: some Collection<Profile.Total>) -> [String] {
      let seconds = totals.reduce(0) { $0 + $1.seconds }
      let operations = totals.reduce(0) { $0 + $1.floatingPointOperations }
      let bytes = totals.reduce(0) { $0 + $1.byteCount }
      return [
        label, "\(totals.reduce(0) { $0 + $1.calls })", seconds.milliseconds, (seconds / max(all, 1e-9)).percent,
        operations > 0 ? (Double(operations) / max(seconds, 1e-9) * 1e-9).text(decimals: 1) : "-",
        (Double(bytes) / max(seconds, 1e-9) * 1e-9).text(decimals: 1),
      ]
    }
    var lines = ["\(profile.queue): time on the device", table.header]
    lines += totals.prefix(Self.rowLimit).map { table.line(cells($0.label, [$0])) }
    let rest = totals.dropFirst(Self.rowLimit)
    if !rest.isEmpty { lines.append(table.line(cells("\(rest.count) others", rest))) }
    lines.append(table.line(cells("all", totals)))
    lines += ["", commandTable.header]
    lines += profile.commandTotals.map { total in
      commandTable.line(
        [total.label, "\(total.calls)", total.seconds.milliseconds, (total.seconds / max(all, 1e-9)).percent])
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
