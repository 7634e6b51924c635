import ArgumentParser
import DeltaCL

/// The `--device` option that every command shares.
struct DeviceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to compute: auto, gpu, cpu, reference, P:D, or a part of a name (default: $DELTACL_DEVICE, else auto).",
      valueName: "device"))
  var device: String?

  /// What was asked for, by the option or by the environment.
  var text: String { device ?? Backends.defaultSelection }

  /// The backend that was asked for.
  ///
  /// - Parameters:
  ///   - announces: whether to say which one it is and why; a fall to the reference backend is said anyway.
  ///   - exact: whether algorithms that round more than the direct sum are turned off; by default as DELTACL_EXACT says.
  /// - Throws: `DeltaCLError` with the candidates where no device, or more than one, answers to the text.
  func backend(announces: Bool = false, exact: Bool? = nil) throws -> any Backend {
    let choice = try Backends.choose(text)
    let candidate = choice.candidate
    let fellBack = candidate.kind == .reference && text.lowercased() != "reference"
    if announces || fellBack {
      Output.message("computing on \(candidate.selector) (\(candidate.name)): \(choice.reason)")
    }
    return try Backends.open(candidate, exact: exact)
  }
}
