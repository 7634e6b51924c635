import DeltaCLSystem
import Foundation
import OpenCL
import Synchronization

/// The backends of this machine, and how one is selected.
///
/// One grammar serves ``select(_:)``, the environment variable `DELTACL_DEVICE` and the command's `--device`:
///
/// - `auto`: the candidate with the highest score: a GPU before an accelerator before a CPU before the reference backend. A device
///   that has failed its self-test is none.
/// - `gpu`, `cpu`: the device of that kind with the highest score; one that has failed its self-test only where there is no other.
/// - `reference`: the reference implementation.
/// - `P:D`: device D of platform P, as `deltacl devices` prints them; `P` or `D` alone if only one device has that index.
/// - anything else: a part of one device's or platform's name, in upper or lower case.
///
/// An explicit selection never falls back: what is unknown or ambiguous is an error that lists the candidates.
public enum Backends {
  /// The name of the environment variable that selects the default backend.
  public static let environmentVariable = "DELTACL_DEVICE"

  /// The name of the environment variable that, set to 1, turns off algorithms that round more than the direct sum.
  public static let exactEnvironmentVariable = "DELTACL_EXACT"

  /// The name of the environment variable that chooses the family of kernels, `tile` or `local`, instead of the device's class.
  public static let familyEnvironmentVariable = "DELTACL_FAMILY"

  @TaskLocal static var scoped: (any Backend)?

  private struct Key: Hashable {
    let selector: String
    let family: KernelFamily?
    let exact: Bool
  }

  static let announced = Mutex<Set<String>>([])
  private static let opened = Mutex<[Key: any Backend]>([:])

  /// The candidate that a selection takes, and why; nothing is opened.
  ///
  /// - Parameter text: See ``Backends`` for the grammar.
  /// - Throws: ``DeltaCLError`` (`unknownDevice`, `ambiguousDevice`).
  public static func choose(_ text: String) throws(DeltaCLError) -> BackendChoice {
    let selector = BackendSelector(text)
    // No driver is touched: this backend is for machines where one crashes.
    if selector == .kind(.reference) { return try selector.choose(from: [.reference]) }
    let (candidates, failures) = discover()
    return try selector.choose(from: candidates, failures: failures)
  }

  /// The backend that a selection takes. The same device gives the same instance each time.
  ///
  /// - Parameter text: See ``Backends`` for the grammar.
  /// - Throws: ``DeltaCLError`` (`unknownDevice`, `ambiguousDevice`), or what the driver says when the device is opened.
  public static func select(_ text: String) throws -> any Backend {
    try open(choose(text).candidate)
  }

  /// Opens a candidate, with the family of kernels that ``defaultFamily`` says, the tuning of ``Tuning/current(for:family:)`` and
  /// the self-test of ``SelfTestRecord/current(for:family:)``. The same device gives the same instance each time.
  ///
  /// - Parameters:
  ///   - candidate: One of those that ``available()`` lists.
  ///   - exact: Whether algorithms that round more than the direct sum are turned off; without a value, whether the
  ///     environment variable `DELTACL_EXACT` is 1.
  /// - Throws: As ``defaultFamily`` and ``validateEnvironment()``, or what the driver says.
  public static func open(_ candidate: BackendCandidate, exact: Bool? = nil) throws -> any Backend {
    try validateEnvironment()
    let family = try defaultFamily
    guard let device = candidate.device else { return ReferenceBackend.shared }
    announceKernelCache(for: device)
    let exact = try exact ?? isExactByDefault
    let key = Key(selector: candidate.selector, family: family, exact: exact)
    return try opened.withLock { opened in
      if let backend = opened[key] { return backend }
      let backend = try OpenCLBackend(
        device, selector: candidate.selector, family: family, exact: exact,
        tuning: Tuning.current(for: device, family: family),
        selfTest: SelfTestRecord.current(for: device, family: family))
      opened[key] = backend
      return backend
    }
  }

  /// Checks all environment variables of the library but `DELTACL_DEVICE`, whether anything needs them yet or not.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if a switch is neither 0 nor 1, there is no such family of kernels, or a
  ///   folder is none.
  public static func validateEnvironment() throws(DeltaCLError) {
    for variable in Switch.allCases { _ = try variable.isOn }
    _ = try defaultFamily
    _ = try KernelStore.limit(environment: NativePath.environment)
    // The cache folder is made if it is missing; the sources must be there.
    for (name, mayBeMissing) in [("DELTACL_CACHE_DIR", true), ("DELTACL_KERNELS_DIR", false)] {
      guard let path = NativePath.environment(name), !path.isEmpty else { continue }
      guard SmallFile.exists(path) ? FileTree.isFolder(path) : mayBeMissing else {
        throw DeltaCLError(
          .invalidArgument, "\(name) is '\(path)', which is no folder: set it to one, or unset it")
      }
    }
  }

  /// Whether the environment variable `DELTACL_EXACT` is 1.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if it is neither 0 nor 1.
  public static var isExactByDefault: Bool {
    get throws(DeltaCLError) { try Switch.exact.isOn }
  }

  /// The family of kernels that the environment variable `DELTACL_FAMILY` names; `nil` without it.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if there is no such family.
  public static var defaultFamily: KernelFamily? {
    get throws(DeltaCLError) {
      let value = ProcessInfo.processInfo.environment[familyEnvironmentVariable] ?? ""
      if value.isEmpty { return nil }
      guard let family = KernelFamily(rawValue: value) else {
        let names = KernelFamily.allCases.map(\.rawValue).joined(separator: " or ")
        throw DeltaCLError(
          .invalidArgument, "\(familyEnvironmentVariable) is '\(value)': set it to \(names), or unset it")
      }
      return family
    }
  }

  /// The text that selects the default backend: the value of `DELTACL_DEVICE`, else `auto`.
  public static var defaultSelection: String {
    let value = ProcessInfo.processInfo.environment[environmentVariable] ?? ""
    return value.isEmpty ? "auto" : value
  }

  /// The backend of the innermost `withBackend`, else the one that ``defaultSelection`` takes.
  ///
  /// - Throws: As ``select(_:)``.
  public static var current: any Backend {
    get throws { try scoped ?? select(defaultSelection) }
  }
}
