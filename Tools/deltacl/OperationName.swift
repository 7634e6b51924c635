import ArgumentParser
import DeltaCL

/// The operation that `deltacl op` is to run.
struct OperationName: ExpressibleByArgument {
  let command: OperationCommand

  init?(argument: String) {
    guard let command = TensorOperation.commands.first(where: { $0.name == argument }) else { return nil }
    self.command = command
  }

  static var allValueStrings: [String] { TensorOperation.commands.map(\.name) }

  /// The operations with their tensors and attributes; neighbours that differ only in their names share an entry.
  static var help: String {
    var entries: [(names: [String], usage: String)] = []
    for command in TensorOperation.commands {
      if command.usage == entries.last?.usage {
        entries[entries.count - 1].names.append(command.name)
      } else {
        entries.append(([command.name], command.usage))
      }
    }
    return entries.map { "  \($0.names.joined(separator: ", "))\n\($0.usage)" }.joined(separator: "\n")
  }
}

extension OperationCommand {
  /// What is read and written, then the attributes.
  fileprivate var usage: String {
    let (read, written) = (tensors.map(\.usage), results.map(\.usage))
    let words =
      (read.dropLast().map { "\($0)," } + [(read.last ?? "") + " ->"])
      + written.dropLast().map { "\($0)," } + written.suffix(1)
    return (Self.lines(words) + Self.lines(attributes.map(\.usage))).joined(separator: "\n")
  }

  /// Words in lines that a terminal of 80 columns does not break.
  private static func lines(_ words: [String]) -> [String] {
    words.reduce(into: []) { lines, word in
      if let last = lines.last, last.count + word.count < 79 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append("      \(word)")
      }
    }
  }
}
