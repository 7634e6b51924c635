extension TensorOperation {
  /// logits, labels to the number of rows whose largest logit (the first of equals) is the label's.
  public static func correctPredictions(rows: Int, classes: Int) -> Self {
    Self(CorrectPredictions(rows: rows, classes: classes))
  }

  /// The number of rows whose class is predicted.
  public struct CorrectPredictions: Operation {
    /// The number of rows.
    public let rows: Int
    /// The number of classes.
    public let classes: Int

    var name: String { "correct-predictions" }
    var operands: [Operand] {
      [
        .read("logits", [rows, classes]), .read("labels", [rows], .int32, in: 0..<max(0, classes)),
        .write("correct", [1], .int32),
      ]
    }

    func validate() throws(DeltaCLError) { try validateClasses(classes) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.correctPredictions(
        rows: rows, classes: classes, logits: f[0].span, labels: i[1].span, correct: i[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      let hits = try list.scratch(.int32, rows, for: "hits")
      list.append(
        planner.loss(
          "correct_predictions",
          [
            "logits": .operand(0), "labels": .operand(1), "hits": hits, "rows": .int(rows), "classes": .int(classes),
          ], globalSize: [rows]))
      list.append(
        planner.loss(
          "correct_predictions_sum", ["hits": hits, "correct": .operand(2), "rows": .int(rows)], globalSize: [1]))
      return list
    }

    /// A count has no delta.
    func differentiate(in scope: inout some DifferentiationScope) {}
  }
}
