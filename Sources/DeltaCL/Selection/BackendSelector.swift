/// A parsed selection.
enum BackendSelector: Hashable, Sendable {
  case auto
  case kind(BackendCandidate.Kind)
  case indices(platform: Int, device: Int)
  case name(String)

  init(_ text: String) {
    let word = text.lowercased()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch word {
    case "auto", "": self = .auto
    case "gpu": self = .kind(.gpu)
    case "cpu": self = .kind(.cpu)
    case "reference": self = .kind(.reference)
    default:
      if parts.count == 2, let platform = Self.index(parts[0]), let device = Self.index(parts[1]) {
        self = .indices(platform: platform, device: device)
      } else {
        self = .name(text)
      }
    }
  }

  private static func index(_ text: Substring) -> Int? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
  }

  func choose(from candidates: [BackendCandidate]) throws(DeltaCLError) -> BackendChoice {
    switch self {
    case .auto:
      guard let best = Self.best(candidates) else { throw unknown("there is no backend", candidates) }
      return BackendChoice(candidate: best, reason: Self.reasonForAuto(best, candidates))
    case .kind(let kind):
      guard let best = Self.best(candidates.filter { $0.kind == kind }) else {
        throw unknown("there is no usable \(kind.rawValue.uppercased()) device", candidates)
      }
      let reason = kind == .reference ? "selected by its name" : "the best \(kind.rawValue.uppercased()) device"
      return BackendChoice(candidate: best, reason: reason)
    case .indices(let platform, let device):
      let selector = "\(platform):\(device)"
      guard let candidate = candidates.first(where: { $0.selector == selector }) else {
        throw unknown("there is no device \(selector)", candidates)
      }
      return BackendChoice(candidate: try usable(candidate, candidates), reason: "selected by its indices")
    case .name(let text):
      let matches = candidates.filter { candidate in
        [candidate.name, candidate.platformName].contains { $0.lowercased().contains(text.lowercased()) }
      }
      guard let match = matches.first else {
        throw unknown("no device or platform has '\(text)' in its name", candidates)
      }
      guard matches.count == 1 else {
        throw DeltaCLError(
          .ambiguousDevice, "'\(text)' fits \(matches.count) devices: choose one of \(Self.list(matches))")
      }
      return BackendChoice(candidate: try usable(match, candidates), reason: "selected by its name")
    }
  }

  private static func best(_ candidates: [BackendCandidate]) -> BackendCandidate? {
    // The first of equals, which `max` would not give.
    candidates.filter(\.isUsable).reduce(nil) { best, next in
      if let best, best.score >= next.score { best } else { next }
    }
  }

  private static func reasonForAuto(_ best: BackendCandidate, _ candidates: [BackendCandidate]) -> String {
    let devices = candidates.filter { $0.device != nil && $0.isUsable }
    if best.device == nil { return "auto: no usable OpenCL device was found, so the reference implementation remains" }
    if devices.count == 1 { return "auto: the only OpenCL device" }
    if devices.filter({ $0.kind == best.kind }).count == 1 {
      return "auto: the only \(best.kind.rawValue.uppercased()) among \(devices.count) OpenCL devices"
    }
    return "auto: the highest score, \(best.score), among \(devices.count) OpenCL devices"
  }

  private func usable(
    _ candidate: BackendCandidate, _ candidates: [BackendCandidate]
  ) throws(DeltaCLError) -> BackendCandidate {
    if let reason = candidate.unusableReason {
      throw unknown("device \(candidate.selector) (\(candidate.name)) cannot be used: \(reason)", candidates)
    }
    return candidate
  }

  private func unknown(_ what: String, _ candidates: [BackendCandidate]) -> DeltaCLError {
    DeltaCLError(.unknownDevice, "\(what): choose auto or one of \(Self.list(candidates.filter(\.isUsable)))")
  }

  private static func list(_ candidates: [BackendCandidate]) -> String {
    candidates.map { "\($0.selector) (\($0.name))" }.joined(separator: ", ")
  }
}
