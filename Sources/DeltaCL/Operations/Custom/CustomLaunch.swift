/// One launch of a kernel of a ``CustomOperation``.
public struct CustomLaunch: Sendable {
  /// What a kernel's parameter is bound to. A string literal is the name of an operand.
  public enum Argument: Hashable, Sendable, ExpressibleByStringLiteral {
    /// An operand, by its name, as a `global` pointer to `float` or `int`.
    case operand(String)
    /// Memory of `count` floats that lives for the operation alone, as a `global` pointer. The same name in several launches is
    /// the same memory.
    case scratch(String, count: Int)
    /// An `int`.
    case int(Int)
    /// A `float`.
    case float(Float)

    /// The operand of a name.
    public init(stringLiteral name: String) {
      self = .operand(name)
    }
  }

  let kernel: String
  let constants: [String: Int]
  var arguments: [(name: String, value: Argument)]
  let globalSize: [Int]
  let localSize: Int?

  /// Describes a launch.
  ///
  /// - Parameters:
  ///   - kernel: The kernel's name.
  ///   - constants: Preprocessor definitions, such as `V` of `include/vector.h`. Each combination is a program to build.
  ///   - arguments: What the kernel's parameters are bound to, by their names and in their order.
  ///   - globalSize: Work-items along one to three axes. The first size is rounded up to a multiple of the work-group's, so the
  ///     kernel has to ignore work-items beyond its work. With a size of 0 nothing is launched.
  ///   - localSize: The work-items of a work-group along the first axis; it has one along the others. Without it the backend
  ///     chooses.
  public init(
    _ kernel: String, constants: [String: Int] = [:], _ arguments: KeyValuePairs<String, Argument>, globalSize: [Int],
    localSize: Int? = nil
  ) {
    self.kernel = kernel
    self.constants = constants
    self.arguments = arguments.map { ($0.key, $0.value) }
    self.globalSize = globalSize
    self.localSize = localSize
  }
}
