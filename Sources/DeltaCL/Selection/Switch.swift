import Foundation

/// The environment variables that switch something on or off.
enum Switch: String, CaseIterable {
  /// Whether algorithms that round more than the direct sum are turned off, off by default.
  case exact = "DELTACL_EXACT"
  /// Whether each planned operation is written to standard error, off by default.
  case verbose = "DELTACL_VERBOSE"
  /// Whether what `deltacl tune` has found is used, on by default.
  case tuning = "DELTACL_TUNING"

  private var isOnByDefault: Bool { self == .tuning }

  /// What the environment says.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) for a value that is neither 1 nor 0.
  var isOn: Bool {
    get throws(DeltaCLError) {
      switch ProcessInfo.processInfo.environment[rawValue] ?? "" {
      case "": return isOnByDefault
      case "1": return true
      case "0": return false
      case let value:
        throw DeltaCLError(
          .invalidArgument, "\(rawValue) is '\(value)': set it to 1 (on) or 0 (off), or unset it")
      }
    }
  }
}
