/// One kernel launch of a plan, before it is bound to tensors.
struct Launch: Hashable, Sendable {
  /// A kernel's argument.
  enum Argument: Hashable, Sendable {
    /// An operand of the operation, by its position.
    case operand(Int)
    /// A part of the plan's scratch, by its position.
    case scratch(Int)
    case int(Int)
    case float(Float)
  }

  /// The kernel's name, in the program ``program``.
  let kernel: String
  let program: ProgramKey
  let arguments: [Argument]
  /// Work-items along up to three axes. Kernels ignore work-items beyond their work, so the size may be rounded up.
  let globalSize: [Int]
  /// The work-items of a work-group along the first axis, for kernels that are written for that number; without it, the
  /// backend chooses.
  let localSize: Int?
  /// Whether the kernel stores complete elements of the operation's result, each once, through `STORE_RESULT` and its like
  /// in `epilogue.h`, and so can do an ``Epilogue``.
  let storesResult: Bool

  /// The kernel and the constants that it is built with; a constant of 1 is the plain case and left out.
  var summary: String {
    let constants = program.constants.filter { $0.value != 1 }.sorted { $0.key < $1.key }
    return ([kernel] + constants.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
  }

  /// - Parameter constants: What is fixed when the program is built, such as the vector width `V`.
  init(
    _ kernel: String, in source: String, constants: [String: Int] = [:], _ arguments: [Argument], globalSize: [Int],
    localSize: Int? = nil, storesResult: Bool = false
  ) {
    self.kernel = kernel
    self.program = ProgramKey(source: source, constants: constants)
    self.arguments = arguments
    self.globalSize = globalSize
    self.localSize = localSize
    self.storesResult = storesResult
  }
}
