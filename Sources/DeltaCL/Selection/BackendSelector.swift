import Foundation

/// A parsed selection.
enum BackendSelector: Hashable, Sendable {
  case auto
  case kind(BackendCandidate.Kind)
  case indices(platform: Int, device: Int)
  /// The index of a platform or of a device.
  case index(Int, text: String)
  case name(String)

  init(_ text: String) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let word = text.lowercased()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    switch word {
    case "auto", "": self = .auto
    case "gpu": self = .kind(.gpu)
    case "cpu": self = .kind(.cpu)
    case "reference": self = .kind(.reference)
    default:
      if parts.count == 2, let platform = Self.index(parts[0]), let device = Self.index(parts[1]) {
        self = .indices(platform: platform, device: device)
      } else if let index = Self.index(text) {
        self = .index(index, text: text)
      } else {
        self = .name(text)
      }
    }
  }

  private static func index(_ text: String) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  /// What the selection takes.
  ///
  /// - Parameter failures: What could not be a candidate, for the error if nothing matches.
  func choose(
    from candidates: [BackendCandidate], failures: [PlatformFailure] = []
  ) throws(DeltaCLError) -> BackendChoice {
    let (candidate, reason) = try find(in: candidates, failures)
    let isFallback = self == .auto && candidate.device == nil
    let untrusted = self == .auto ? candidates.filter { $0.isUsable && !$0.isTrusted } : []
    return BackendChoice(
      candidate: candidate, reason: reason, isFallback: isFallback,
      failures: failures
        + untrusted.map {
          PlatformFailure(
            subject: "device \($0.selector) (\($0.name))",
            reason: "its self-test \($0.selfTest); update its driver and run `deltacl selftest --device \($0.selector)`"
          )
        })
  }

  private func find(
    in candidates: [BackendCandidate], _ failures: [PlatformFailure]
  ) throws(DeltaCLError) -> (BackendCandidate, reason: String) {
    func unknown(_ what: String) -> DeltaCLError { Self.unknown(what, candidates, failures) }
    func usable(_ candidate: BackendCandidate) throws(DeltaCLError) -> BackendCandidate {
      if let reason = candidate.unusableReason {
        throw unknown("device \(candidate.selector) (\(candidate.name)) cannot be used: \(reason)")
      }
      return candidate
    }
    switch self {
    case .auto:
      guard let best = Self.best(candidates.filter(\.isTrusted)) else { throw unknown("there is no backend") }
      return (best, Self.reasonForAuto(best, candidates))
    case .kind(let kind):
      let devices = candidates.filter { $0.kind == kind }
      guard let best = Self.best(devices.filter(\.isTrusted)) ?? Self.best(devices) else {
        throw unknown("there is no usable \(kind.rawValue.uppercased()) device")
      }
      let reason = kind == .reference ? "selected by its name" : "the best \(kind.rawValue.uppercased()) device"
      return (best, reason)
    case .indices(let platform, let device):
      let selector = "\(platform):\(device)"
      guard let candidate = candidates.first(where: { $0.selector == selector }) else {
        throw unknown("there is no device \(selector)")
      }
      return (try usable(candidate), "selected by its indices")
    case .index(let index, let text):
      let matches = candidates.filter { candidate in
        candidate.selector.split(separator: ":").contains { Int($0) == index }
      }
      guard let match = matches.first else { return try Self.name(text).find(in: candidates, failures) }
      guard matches.count == 1 else { throw Self.ambiguous(text, matches) }
      return (try usable(match), "selected by its index")
    case .name(let text):
      let matches = candidates.filter { candidate in
        [candidate.name, candidate.platformName].contains { $0.lowercased().contains(text.lowercased()) }
      }
      guard let match = matches.first else {
        throw unknown("no device or platform has '\(text)' in its name")
      }
      guard matches.count == 1 else { throw Self.ambiguous(text, matches) }
      return (try usable(match), "selected by its name")
    }
  }

  private static func best(_ candidates: [BackendCandidate]) -> BackendCandidate? {
    // The first of equals, which `max` would not give.
    candidates.filter(\.isUsable).reduce(nil) { best, next in
      if let best, best.score >= next.score { best } else { next }
    }
  }

  private static func reasonForAuto(_ best: BackendCandidate, _ candidates: [BackendCandidate]) -> String {
    let devices = candidates.filter { $0.device != nil && $0.isTrusted }
    let hasUntrusted = candidates.contains { $0.isUsable && !$0.isTrusted }
    if best.device == nil {
      return hasUntrusted
        ? "auto: no OpenCL device has passed its self-test, so the reference implementation remains"
        : "auto: no usable OpenCL device was found, so the reference implementation remains"
    }
    if hasUntrusted, devices.count == 1 { return "auto: the only OpenCL device that has not failed its self-test" }
    if devices.count == 1 { return "auto: the only OpenCL device" }
    if devices.filter({ $0.kind == best.kind }).count == 1 {
      return "auto: the only \(best.kind.rawValue.uppercased()) among \(devices.count) OpenCL devices"
    }
    return "auto: the highest score, \(best.score), among \(devices.count) OpenCL devices"
  }

  private static func unknown(
    _ what: String, _ candidates: [BackendCandidate], _ failures: [PlatformFailure]
  ) -> DeltaCLError {
    let choices = "\(what): choose auto or one of \(list(candidates.filter(\.isUsable)))"
    return DeltaCLError(.unknownDevice, ([choices] + failures.map(\.description)).joined(separator: "; "))
  }

  private static func ambiguous(_ text: String, _ matches: [BackendCandidate]) -> DeltaCLError {
    DeltaCLError(.ambiguousDevice, "'\(text)' fits \(matches.count) devices: choose one of \(list(matches))")
  }

  private static func list(_ candidates: [BackendCandidate]) -> String {
    candidates.map { "\($0.selector) (\($0.name))" }.joined(separator: ", ")
  }
}
