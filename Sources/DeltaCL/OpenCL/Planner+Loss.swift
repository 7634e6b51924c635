/// What losses and softmax share.
extension Planner {
  /// A launch of a kernel of `Kernels/OpenCL/loss/loss.cl`.
  func loss(_ kernel: String, _ arguments: KernelArguments, globalSize: [Int]) -> Launch {
    Launch(kernel, in: "loss/loss", constants: ["BLOCK": elementsPerItem], arguments, globalSize: globalSize)
  }

  /// The sum of `count` losses over `divisor`.
  func mean(_ losses: Launch.Argument, count: Int, divisor: Int, into loss: Launch.Argument) -> Launch {
    let arguments: KernelArguments = ["losses": losses, "loss": loss, "count": .int(count), "divisor": .int(divisor)]
    return localTiles.isEmpty
      ? self.loss("loss_mean", arguments, globalSize: [1]) : reduction("local_loss_mean", arguments, workGroups: 1)
  }

  /// What kernels take that sum over the classes of each row.
  func extents(rows: Int, classes: Int) -> KernelArguments {
    ["rows": .int(rows), "classes": .int(classes), "part": .int(SumParts.longestChain(of: classes))]
  }
}
