/// Updates of parameters.
extension Planner {
  /// A launch of the element-wise kernel of `Kernels/OpenCL/update/update.cl` that updates `count` parameters, named as the operation
  /// and its operands are.
  func update(_ operation: some Operation, _ arguments: KernelArguments, count: Int) -> Launch {
    var all: KernelArguments = [:]
    for (index, operand) in operation.operands.enumerated() { all.append(operand.name, .operand(index)) }
    return update(operation.name, all + arguments, count: count)
  }

  /// A launch of an element-wise kernel of `Kernels/OpenCL/update/update.cl`.
  func update(_ kernel: String, _ arguments: KernelArguments, count: Int) -> Launch {
    Launch(
      kernel, in: "update/update", constants: ["V": maximumVectorWidth, "BLOCK": elementsPerItem], arguments,
      globalSize: [ceilingDivision(count, elementsPerItem)])
  }
}

extension Operand {
  /// What the update of `count` parameters takes.
  ///
  /// - Parameters:
  ///   - scalars: How many numbers change from update to update.
  ///   - state: What is kept for each parameter.
  static func update(count: Int, scalars: Int, state: [String]) -> [Operand] {
    [
      .read("scalars", [scalars]), .read("scale", [1]), .read("gradient", [count]), .update("parameters", [count]),
    ] + state.map { .update($0, [count]) }
  }
}

extension Operation {
  /// Throws if a number is not finite or negative.
  func requireNonnegative(_ numbers: [(name: String, value: Float)]) throws(DeltaCLError) {
    for (what, value) in numbers where !(value.isFinite && value >= 0) {
      throw DeltaCLError(.invalidDescriptor, "\(name): \(what) \(value) must be finite and not negative")
    }
  }

  /// Throws if a number is not finite or not above 0.
  func requirePositive(_ numbers: [(name: String, value: Float)]) throws(DeltaCLError) {
    for (what, value) in numbers where !(value.isFinite && value > 0) {
      throw DeltaCLError(.invalidDescriptor, "\(name): \(what) \(value) must be finite and above 0")
    }
  }

  /// Throws if a number is not from 0 to below 1.
  func requireShares(_ numbers: [(name: String, value: Double)]) throws(DeltaCLError) {
    for (what, value) in numbers where !(0..<1).contains(value) {
      throw DeltaCLError(.invalidDescriptor, "\(name): \(what) \(value) must be from 0 to below 1")
    }
  }
}
