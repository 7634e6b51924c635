/// What works element by element.
extension Planner {
  /// A launch of an element-wise kernel.
  private func elementwise(
    _ kernel: String, _ arguments: KernelArguments, count: Int, constants: [String: Int] = [:],
    epilogue: EpilogueBinding = .none
  ) -> Launch {
    Launch(
      kernel, in: "elementwise/elementwise",
      constants: ["V": maximumVectorWidth, "BLOCK": elementsPerItem].merging(constants) { $1 }, arguments,
      globalSize: [ceilingDivision(count, elementsPerItem)], epilogue: epilogue)
  }

  func activation(
    _ function: Activation, x: Launch.Argument = .operand(0), y: Launch.Argument = .operand(1), count: Int
  ) -> Launch {
    elementwise(
      "activation", ["x": x, "y": y, "count": .int(count)], count: count, constants: function.kernelConstants)
  }

  func activationDelta(
    _ function: Activation, y: Launch.Argument = .operand(0), dy: Launch.Argument = .operand(1),
    dx: Launch.Argument = .operand(2), count: Int
  ) -> Launch {
    elementwise(
      "activation_delta", ["y": y, "dy": dy, "dx": dx, "count": .int(count)], count: count,
      constants: function.kernelConstants)
  }

  func add(count: Int, _ epilogue: EpilogueBinding) -> Launch {
    elementwise(
      "add", ["a": .operand(0), "b": .operand(1), "y": .operand(2), "count": .int(count)], count: count,
      epilogue: epilogue)
  }

  func scale(count: Int, factor: Float) -> Launch {
    elementwise(
      "scale", ["x": .operand(0), "y": .operand(1), "count": .int(count), "factor": .float(factor)], count: count)
  }

  func fill(_ y: Launch.Argument, count: Int, value: Float) -> Launch {
    elementwise("fill", ["y": y, "count": .int(count), "value": .float(value)], count: count)
  }

  func copy(count: Int) -> Launch {
    elementwise("copy", ["x": .operand(0), "y": .operand(1), "count": .int(count)], count: count)
  }

  func sgd(_ sgd: SGD) -> Launch {
    elementwise(
      "sgd",
      [
        "learningRate": .operand(0), "gradient": .operand(1), "parameters": .operand(2), "velocity": .operand(3),
        "count": .int(sgd.count), "momentum": .float(sgd.momentum), "weightDecay": .float(sgd.weightDecay),
        "nesterov": .flag(sgd.nesterov),
      ], count: sgd.count)
  }
}
