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

    /// 1 or 0.
    static func flag(_ isOn: Bool) -> Argument { .int(isOn ? 1 : 0) }
  }

  /// The kernel's name, in the program ``program``.
  let kernel: String
  let program: ProgramKey
  var arguments: KernelArguments
  /// Work-items along up to three axes. Kernels ignore work-items beyond their work, so the size may be rounded up.
  let globalSize: [Int]
  /// The work-items of a work-group along the first axis, for kernels that are written for that number; `nil`
  /// leaves it to the backend.
  let localSize: Int?

  /// The kernel and the constants that it is built with; a constant of 1, the plain case, is left out.
  var summary: String {
    let constants = program.constants.filter { $0.value != 1 }.sorted { $0.key < $1.key }
    return ([kernel] + constants.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
  }

  /// - Parameters:
  ///   - source: The path of a file in `Kernels/OpenCL`, without its extension; the name of `text` if there is one.
  ///   - text: A source that is no file.
  ///   - definitions: Macros that are generated for the operation.
  ///   - constants: What is fixed when the program is built, such as the vector width `V`.
  ///   - epilogue: What the kernel applies to each element when it stores the operation's result.
  init(
    _ kernel: String, in source: String, text: String? = nil, definitions: String = "", constants: [String: Int] = [:],
    _ arguments: KernelArguments, globalSize: [Int], localSize: Int? = nil, epilogue: EpilogueBinding = .none
  ) {
    self.kernel = kernel
    program = ProgramKey(
      source: source, text: text, constants: constants.merging(epilogue.constants) { $1 }, definitions: definitions)
    self.arguments = arguments + epilogue.arguments
    self.globalSize = globalSize
    self.localSize = localSize
  }
}
