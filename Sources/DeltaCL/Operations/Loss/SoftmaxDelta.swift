extension TensorOperation {
  /// y, dy to dx.
  public static func softmaxDelta(rows: Int, classes: Int) -> Self { Self(SoftmaxDelta(rows: rows, classes: classes)) }

  /// The delta of what a softmax was applied to.
  public struct SoftmaxDelta: Operation {
    /// The number of rows.
    public let rows: Int
    /// The number of classes.
    public let classes: Int

    var name: String { "softmax-delta" }
    var operands: [Operand] {
      [.read("y", [rows, classes]), .read("dy", [rows, classes]), .write("dx", [rows, classes])]
    }

    func validate() throws(DeltaCLError) { try validateClasses(classes) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.softmaxDelta(
        rows: rows, classes: classes, y: f[0].span, dy: f[1].span, dx: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        Launch(
          "softmax_delta", in: "softmax/softmax",
          ["y": .operand(0), "dy": .operand(1), "dx": .operand(2)] + planner.extents(rows: rows, classes: classes),
          globalSize: [rows]))
    }
  }
}
