/// Activations, losses and all that works element by element or row by row.
extension Planner {
  func elementwise(
    _ kernel: String, operands: Int, count: Int, _ more: [Launch.Argument] = [], storesResult: Bool = false
  ) -> LaunchList {
    var list = LaunchList()
    list.append(
      elementwise(kernel, on: (0..<operands).map { .operand($0) }, count: count, more, storesResult: storesResult))
    return list
  }

  /// One launch of an element-wise kernel on `tensors`, then its other arguments.
  func elementwise(
    _ kernel: String, on tensors: [Launch.Argument], count: Int, _ more: [Launch.Argument] = [],
    constants: [String: Int] = [:], storesResult: Bool = false
  ) -> Launch {
    Launch(
      kernel, in: "elementwise/elementwise", constants: elementwiseConstants.merging(constants) { $1 },
      tensors + [.int(count)] + more, globalSize: [ceilingDivision(count, elementsPerItem)],
      storesResult: storesResult)
  }

  func activation(_ function: Activation, count: Int) -> LaunchList {
    var list = LaunchList()
    list.append(activation(function, on: [.operand(0), .operand(1)], count: count))
    return list
  }

  func activationDelta(_ function: Activation, count: Int) -> LaunchList {
    var list = LaunchList()
    list.append(activationDelta(function, on: [.operand(0), .operand(1), .operand(2)], count: count))
    return list
  }

  /// y from x.
  func activation(_ function: Activation, on tensors: [Launch.Argument], count: Int) -> Launch {
    elementwise("activation", on: tensors, count: count, constants: function.kernelConstants)
  }

  /// dx from y and dy.
  func activationDelta(_ function: Activation, on tensors: [Launch.Argument], count: Int) -> Launch {
    elementwise("activation_delta", on: tensors, count: count, constants: function.kernelConstants)
  }

  func softmax(rows: Int, classes: Int) -> LaunchList {
    var list = LaunchList()
    list.append(
      Launch(
        "softmax", in: "softmax/softmax",
        [.operand(0), .operand(1), .int(rows), .int(classes), .int(SumParts.longestChain(of: classes))],
        globalSize: [rows]))
    return list
  }

  func softmaxDelta(rows: Int, classes: Int) -> LaunchList {
    var list = LaunchList()
    list.append(
      Launch(
        "softmax_delta", in: "softmax/softmax",
        [
          .operand(0), .operand(1), .operand(2), .int(rows), .int(classes), .int(SumParts.longestChain(of: classes)),
        ],
        globalSize: [rows]))
    return list
  }

  func softmaxCrossEntropy(rows: Int, classes: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let losses = try list.scratch(rows, for: "losses")
    list.append(
      Launch(
        "softmax_cross_entropy", in: "loss/loss", constants: lossConstants,
        [
          .operand(0), .operand(1), losses, .operand(3), .int(rows), .int(classes),
          .int(SumParts.longestChain(of: classes)),
        ], globalSize: [rows]))
    list.append(mean(losses, count: rows, divisor: rows, into: .operand(2)))
    return list
  }

  func meanSquaredError(count: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let blocks = ceilingDivision(count, elementsPerItem)
    let losses = try list.scratch(blocks, for: "losses")
    list.append(
      Launch(
        "mean_squared_error", in: "loss/loss", constants: lossConstants,
        [.operand(0), .operand(1), losses, .operand(3), .int(count), .int(SumParts.longestChain(of: count))],
        globalSize: [blocks]))
    list.append(mean(losses, count: blocks, divisor: count, into: .operand(2)))
    return list
  }

  func correctPredictions(rows: Int, classes: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let hits = try list.scratch(rows, for: "hits")
    list.append(
      Launch(
        "correct_predictions", in: "loss/loss", constants: lossConstants,
        [.operand(0), .operand(1), hits, .int(rows), .int(classes)], globalSize: [rows]))
    list.append(
      Launch(
        "correct_predictions_sum", in: "loss/loss", constants: lossConstants, [hits, .operand(2), .int(rows)],
        globalSize: [1]))
    return list
  }

  func mean(_ losses: Launch.Argument, count: Int, divisor: Int, into loss: Launch.Argument) -> Launch {
    if let local = localMean(losses, count: count, divisor: divisor, into: loss) { return local }
    return Launch(
      "loss_mean", in: "loss/loss", constants: lossConstants, [losses, loss, .int(count), .int(divisor)],
      globalSize: [1])
  }

  private var elementwiseConstants: [String: Int] { ["V": maximumVectorWidth, "BLOCK": elementsPerItem] }

  private var lossConstants: [String: Int] { ["BLOCK": elementsPerItem] }
}
