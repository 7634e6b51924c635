import DeltaCL

/// The `--attribute key=value` options of `deltacl op`.
struct OperationAttributes {
  /// The values of those that are given, by name.
  private(set) var values: [String: any Sendable] = [:]

  /// Parses `key=value` texts.
  ///
  /// - Throws: ``CommandFailure`` for a key that the operation does not take, a value of the wrong form or a missing one: all
  ///   that can be told without the tensors.
  init(_ texts: [String], for command: OperationCommand) throws(CommandFailure) {
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw CommandFailure("the attribute '\(text)' must have the form key=value") }
      guard let attribute = command.attributes.first(where: { $0.name == parts[0] }) else {
        let known = command.attributes.map(\.name).sorted().joined(separator: ", ")
        throw CommandFailure(
          "\(command.name) has no attribute '\(parts[0])'; it has: \(known.isEmpty ? "none" : known)")
      }
      guard values[attribute.name] == nil else { throw CommandFailure("the attribute '\(parts[0])' is given twice") }
      guard let value = attribute.parse(parts[1]) else {
        throw CommandFailure("the attribute \(attribute.name) must be \(attribute.form), not '\(parts[1])'")
      }
      values[attribute.name] = value
    }
    let missing = command.attributes.filter { $0.isRequired && values[$0.name] == nil }
    if let first = missing.min(by: { $0.name < $1.name }) {
      throw CommandFailure("\(command.name) needs --attribute \(first.usage)")
    }
  }
}
