/// Operations with an epilogue: `Kernels/OpenCL/include/epilogue.h` explains how kernels store what they computed.
extension Planner {
  /// The operation's own launches, which do the epilogue when they store the result; where some of them cannot, one more
  /// launch does it in place.
  func fused(_ operation: TensorOperation, _ epilogue: Epilogue) throws(DeltaCLError) -> LaunchList {
    var list = try launches(for: operation)
    let operands = operation.operands
    guard let result = operands.firstIndex(where: { $0.access == .write }) else { return list }
    let activated = Launch.Argument.operand(operands.count)
    if list.fuse(epilogue, into: .operand(result), activated: activated) { return list }

    let (function, count) = (epilogue.activation, operands[result].shape.elementCount)
    switch epilogue {
    case .activation:
      list.append(activation(function, on: [.operand(result), .operand(result)], count: count))
    case .activationDelta:
      list.append(activationDelta(function, on: [activated, .operand(result), .operand(result)], count: count))
    }
    return list
  }
}

extension LaunchList {
  /// Lets all launches that work on `result` do the epilogue when they store it.
  ///
  /// - Returns: Whether they can; if not, nothing has changed.
  fileprivate mutating func fuse(
    _ epilogue: Epilogue, into result: Launch.Argument, activated: Launch.Argument
  ) -> Bool {
    let storing = launches.filter { $0.arguments.contains(result) }
    guard storing.allSatisfy(\.storesResult) else { return false }
    let programs = Set(storing.map(\.program))
    map { launch in
      // Launches of the same program stay with it, or another would be built for them.
      guard programs.contains(launch.program) else { return launch }
      var arguments = launch.arguments
      if case .activationDelta = epilogue, launch.arguments.contains(result) { arguments.append(activated) }
      return Launch(
        launch.kernel, in: launch.program.source,
        constants: launch.program.constants.merging(epilogue.kernelConstants) { $1 }, arguments,
        globalSize: launch.globalSize, localSize: launch.localSize, storesResult: launch.storesResult)
    }
    return true
  }
}

extension Activation {
  /// What `activation.h` chooses the function by.
  var kernelConstants: [String: Int] {
    switch self {
    case .relu: ["ACTIVATION": 1]
    case .relu6: ["ACTIVATION": 2]
    case .leakyRelu(let slope): ["ACTIVATION": 3, "SLOPE": Int(slope.bitPattern)]
    case .sigmoid: ["ACTIVATION": 4]
    case .tanh: ["ACTIVATION": 5]
    }
  }
}

extension Epilogue {
  /// What `epilogue.h` chooses the epilogue by.
  fileprivate var kernelConstants: [String: Int] {
    switch self {
    case .activation(let function): function.kernelConstants.merging(["EPILOGUE": 1]) { $1 }
    case .activationDelta(let function): function.kernelConstants.merging(["EPILOGUE": 2]) { $1 }
    }
  }
}
