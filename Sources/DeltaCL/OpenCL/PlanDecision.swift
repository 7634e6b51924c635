/// What the planner decided for an operation.
struct PlanDecision: Sendable {
  /// Where the decision comes from.
  enum Source: Sendable {
    case defaults(deviceClass: String)
    case chosen
    case tuned(Tuning.Entry)
  }

  let launches: LaunchList
  let source: Source
  /// The algorithm and its parameters; `nil` if the operation has one plan.
  var choice: PlanChoice?
  /// Why the algorithms that come before it in the list were not taken.
  var refusals: [(algorithm: String, refusal: Refusal)] = []

  /// The reason, in a few words for a person.
  var reason: String {
    let algorithm = choice.map { ": \($0)" } ?? ""
    switch source {
    case .defaults(let deviceClass):
      let refused = refusals.filter { $0.refusal != .otherOperation }.map { ", not \($0.algorithm): \($0.refusal)" }
      return "default of \(deviceClass) devices\(algorithm)\(refused.joined())"
    case .chosen: return "chosen\(algorithm)"
    case .tuned(let entry): return "tuned\(algorithm), \(entry.gainText)"
    }
  }
}
