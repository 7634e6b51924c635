/// An operation's epilogue as it is bound in the launches that store the result:
/// `Kernels/OpenCL/include/epilogue.h` explains how kernels apply it.
struct EpilogueBinding: Sendable {
  /// Nothing follows.
  static let none = EpilogueBinding(nil, of: [])

  private let epilogue: Epilogue?
  private let result: Launch.Argument
  private let activated: Launch.Argument
  private let count: Int

  /// - Parameter operands: Those of the operation without the epilogue.
  init(_ epilogue: Epilogue?, of operands: [Operand]) {
    let position = operands.firstIndex { $0.access == .write } ?? 0
    self.epilogue = epilogue
    result = .operand(position)
    activated = .operand(operands.count)
    count = operands.isEmpty ? 0 : operands[position].shape.elementCount
  }

  /// What selects the epilogue in a program. All of its launches have them, lest a second program be built.
  var constants: [String: Int] {
    switch epilogue {
    case .activation(let function): function.kernelConstants.merging(["EPILOGUE": 1]) { $1 }
    case .activationDelta(let function): function.kernelConstants.merging(["EPILOGUE": 2]) { $1 }
    case nil: [:]
    }
  }

  /// What kernels take after their other arguments.
  var arguments: KernelArguments {
    if case .activationDelta = epilogue { ["activated": activated] } else { [:] }
  }

  /// The launch that applies the epilogue in place, for results of which a launch without it stores a part.
  func launch(_ planner: Planner) -> Launch? {
    switch epilogue {
    case .activation(let function): planner.activation(function, x: result, y: result, count: count)
    case .activationDelta(let function):
      planner.activationDelta(function, y: activated, dy: result, dx: result, count: count)
    case nil: nil
    }
  }
}

extension Activation {
  /// What selects the function in a program.
  var kernelConstants: [String: Int] {
    switch self {
    case .relu: ["ACTIVATION": 1]
    case .relu6: ["ACTIVATION": 2]
    case .leakyReLU(let slope): ["ACTIVATION": 3, "SLOPE": Int(slope.bitPattern)]
    case .sigmoid: ["ACTIVATION": 4]
    case .tanh: ["ACTIVATION": 5]
    }
  }
}
