extension TensorOperation {
  /// logits, labels to the mean loss and dlogits = (softmax - target) / rows. A label outside `0..<classes` makes loss and its
  /// row of dlogits NaN; the mean over no rows is NaN.
  ///
  /// - Parameters:
  ///   - rows: The examples.
  ///   - classes: The classes.
  ///   - labelSmoothing: The share of each target, from 0 to 1, that is spread over all classes alike.
  public static func softmaxCrossEntropy(rows: Int, classes: Int, labelSmoothing: Float = 0) -> Self {
    Self(SoftmaxCrossEntropy(rows: rows, classes: classes, labelSmoothing: labelSmoothing))
  }

  /// The loss of a classifier, and the delta of its logits. The target of a class is `labelSmoothing / classes`, and that of the label
  /// `1 - labelSmoothing` more.
  ///
  /// Label smoothing: Christian Szegedy and others, "Rethinking the inception architecture for computer vision", CVPR 2016.
  public struct SoftmaxCrossEntropy: Operation {
    /// The number of rows.
    public let rows: Int
    /// The number of classes.
    public let classes: Int
    /// The share of each target that is spread over all classes alike.
    public let labelSmoothing: Float

    var name: String { "softmax-cross-entropy" }
    var operands: [Operand] {
      [
        .read("logits", [rows, classes]), .read("labels", [rows], .int32, in: 0..<max(0, classes)), .write("loss", [1]),
        .write("dlogits", [rows, classes]),
      ]
    }

    func validate() throws(DeltaCLError) {
      try validateClasses(classes)
      guard (0...1).contains(labelSmoothing) else {
        throw DeltaCLError(.invalidDescriptor, "\(name): label smoothing \(labelSmoothing) must be from 0 to 1")
      }
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.softmaxCrossEntropy(
        rows: rows, classes: classes, labelSmoothing: Double(labelSmoothing), logits: f[0].span, labels: i[1].span,
        loss: f[2].mutableSpan, dlogits: f[3].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      if let local = try planner.localSoftmaxCrossEntropy(self) { return local }
      var list = LaunchList()
      let losses = try list.scratch(.float32, rows, for: "losses")
      list.append(
        planner.loss(
          "softmax_cross_entropy",
          ["logits": .operand(0), "labels": .operand(1), "losses": losses, "dlogits": .operand(3)]
            + planner.extents(rows: rows, classes: classes) + ["smoothing": .float(labelSmoothing)],
          globalSize: [rows]))
      list.append(planner.mean(losses, count: rows, divisor: rows, into: .operand(2)))
      return list
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      if scope.isLoss(2) { scope.contribute(scope.operand(3), to: 0) }
    }

    static let command = OperationCommand(
      "softmax-cross-entropy", attributes: [.labelSmoothing],
      tensors: [.tensor("logits", "[N, classes]"), .tensor("labels", .int32)],
      results: [OperationResult("loss", isScalar: true, "mean"), "dlogits"]
    ) { arguments in
      let logits = try arguments.shape("logits")
      guard logits.innermost >= 1 else {
        throw DeltaCLError(.mismatch, "logits has no class; it must be at least one")
      }
      return [
        .softmaxCrossEntropy(
          rows: logits.outermost, classes: logits.innermost, labelSmoothing: try arguments.labelSmoothing)
      ]
    }
  }
}
