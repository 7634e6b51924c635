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
  ///   - announces: whether to say which one it is and why; a fallback to the reference backend is announced anyway.
  ///   - exact: whether algorithms that round more than the direct sum are turned off; by default as DELTACL_EXACT says.
  /// - Throws: `DeltaCLError` with the candidates if no device, or more than one, answers to the text.
  func backend(announces: Bool = false, exact: Bool? = nil) throws -> any Backend {
    try Backends.open(candidate(announces: announces), exact: exact)
  }

  /// A new backend, which shares neither programs nor memory with any other, with kernels as DELTACL_FAMILY,
  /// DELTACL_EXACT and DELTACL_TUNING say.
  ///
  /// - Parameters:
  ///   - announces: whether to say which one it is and why.
  ///   - profiling: whether it keeps when each command ran.
  /// - Throws: As ``backend(announces:exact:)``; ``CommandFailure`` for profiling on the reference backend.
  func newBackend(announces: Bool = false, profiling: Bool = false) throws -> any Backend {
    let candidate = try candidate(announces: announces)
    let family = try Backends.defaultFamily
    let exact = try Backends.isExactByDefault
    if let device = candidate.device {
      return try OpenCLBackend(
        device, selector: candidate.selector, family: family, exact: exact, profiling: profiling,
        tuning: Tuning.current(for: device, family: family),
        selfTest: SelfTestRecord.current(for: device, family: family))
    }
    guard !profiling else {
      throw CommandFailure(
        "--profile needs an OpenCL device, the reference backend has no queue: choose one with --device")
    }
    return ReferenceBackend()
  }

  /// A new backend without any tuning; `nil` for the reference backend.
  func untunedBackend() throws -> OpenCLBackend? {
    let candidate = try candidate(announces: true)
    return try candidate.device.map {
      let family = try Backends.defaultFamily
      return try OpenCLBackend(
        $0, selector: candidate.selector, family: family, exact: Backends.isExactByDefault,
        selfTest: SelfTestRecord.current(for: $0, family: family))
    }
  }

  /// What was asked for, with nothing opened yet.
  ///
  /// - Parameter announces: whether to say which one it is and why; a fall to the reference backend is said anyway.
  /// - Throws: As ``backend(announces:exact:)``.
  func candidate(announces: Bool) throws -> BackendCandidate {
    try Backends.validateEnvironment()
    // The reference backend is for when no driver is to be touched.
    if text.lowercased() != "reference" { try Driver.prepare() }
    let choice = try Backends.choose(text)
    let candidate = choice.candidate
    if announces || choice.isFallback {
      Output.message("computing on \(candidate.selector) (\(candidate.name)): \(choice.reason)")
    }
    if choice.isFallback {
      Output.message(
        "warning: no OpenCL device can be used, and the reference backend is hundreds to thousands of times slower")
      for failure in choice.failures { Output.message("warning: \(failure)") }
    }
    return candidate
  }
}
