/// What works element by element.
extension Planner {
  /// A launch of an element-wise kernel.
  func elementwise(
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

  func fill(_ y: Launch.Argument, count: Int, value: Float) -> Launch {
    elementwise("fill", ["y": y, "count": .int(count), "value": .float(value)], count: count)
  }
}
