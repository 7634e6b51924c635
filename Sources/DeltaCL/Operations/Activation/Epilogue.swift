/// What is applied to each element of an operation's first result before it is stored: an activation or its delta, which would
/// otherwise take a pass over memory of its own.
public enum Epilogue: Hashable, Sendable {
  /// y becomes f(y).
  case activation(Activation)
  /// dx becomes dx * f'(x), where `activated` has y = f(x).
  case activationDelta(Activation)

  /// The function f.
  public var activation: Activation {
    switch self {
    case .activation(let function), .activationDelta(let function): function
    }
  }

  /// The name in errors and profiles.
  public var name: String {
    switch self {
    case .activation(let function): function.name
    case .activationDelta(let function): function.name + "-delta"
    }
  }
}
