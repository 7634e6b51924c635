/// Softmax and losses, row by row.
extension Planner {
  func softmax(rows: Int, classes: Int) -> LaunchList {
    LaunchList(
      Launch(
        "softmax", in: "softmax/softmax", ["x": .operand(0), "y": .operand(1)] + extents(rows, classes),
        globalSize: [rows]))
  }

  func softmaxDelta(rows: Int, classes: Int) -> LaunchList {
    LaunchList(
      Launch(
        "softmax_delta", in: "softmax/softmax",
        ["y": .operand(0), "dy": .operand(1), "dx": .operand(2)] + extents(rows, classes), globalSize: [rows]))
  }

  func softmaxCrossEntropy(rows: Int, classes: Int) throws(DeltaCLError) -> LaunchList {
    if let local = try localSoftmaxCrossEntropy(rows: rows, classes: classes) { return local }
    var list = LaunchList()
    let losses = try list.scratch(.float32, rows, for: "losses")
    list.append(
      Launch(
        "softmax_cross_entropy", in: "loss/loss", constants: lossConstants,
        ["logits": .operand(0), "labels": .operand(1), "losses": losses, "dlogits": .operand(3)]
          + extents(rows, classes), globalSize: [rows]))
    list.append(mean(losses, count: rows, divisor: rows, into: .operand(2)))
    return list
  }

  func meanSquaredError(count: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let blocks = ceilingDivision(count, elementsPerItem)
    let losses = try list.scratch(.float32, blocks, for: "losses")
    list.append(
      Launch(
        "mean_squared_error", in: "loss/loss", constants: lossConstants,
        [
          "y": .operand(0), "target": .operand(1), "losses": losses, "dy": .operand(3), "count": .int(count),
          "part": .int(SumParts.longestChain(of: count)),
        ], globalSize: [blocks]))
    list.append(mean(losses, count: blocks, divisor: count, into: .operand(2)))
    return list
  }

  func correctPredictions(rows: Int, classes: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let hits = try list.scratch(.int32, rows, for: "hits")
    list.append(
      Launch(
        "correct_predictions", in: "loss/loss", constants: lossConstants,
        [
          "logits": .operand(0), "labels": .operand(1), "hits": hits, "rows": .int(rows), "classes": .int(classes),
        ], globalSize: [rows]))
    list.append(
      Launch(
        "correct_predictions_sum", in: "loss/loss", constants: lossConstants,
        ["hits": hits, "correct": .operand(2), "rows": .int(rows)], globalSize: [1]))
    return list
  }

  func mean(_ losses: Launch.Argument, count: Int, divisor: Int, into loss: Launch.Argument) -> Launch {
    if let local = localMean(losses, count: count, divisor: divisor, into: loss) { return local }
    return Launch(
      "loss_mean", in: "loss/loss", constants: lossConstants,
      ["losses": losses, "loss": loss, "count": .int(count), "divisor": .int(divisor)], globalSize: [1])
  }

  private func extents(_ rows: Int, _ classes: Int) -> KernelArguments {
    ["rows": .int(rows), "classes": .int(classes), "part": .int(SumParts.longestChain(of: classes))]
  }

  private var lossConstants: [String: Int] { ["BLOCK": elementsPerItem] }
}
