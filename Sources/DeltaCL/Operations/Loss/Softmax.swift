extension TensorOperation {
  /// x to y, over the classes of each row.
  public static func softmax(rows: Int, classes: Int) -> Self { Self(Softmax(rows: rows, classes: classes)) }

  /// The softmax of each row.
  public struct Softmax: Operation {
    /// The number of rows.
    public let rows: Int
    /// The number of classes.
    public let classes: Int

    var name: String { "softmax" }
    var operands: [Operand] { [.read("x", [rows, classes]), .write("y", [rows, classes])] }

    func validate() throws(DeltaCLError) { try validateClasses(classes) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.softmax(rows: rows, classes: classes, x: f[0].span, y: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        Launch(
          "softmax", in: "softmax/softmax",
          ["x": .operand(0), "y": .operand(1)] + planner.extents(rows: rows, classes: classes), globalSize: [rows]))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.softmaxDelta(rows: rows, classes: classes), [scope.operand(1), dy], to: 0)
    }
  }
}

extension Operation {
  /// Throws if a row has no classes.
  func validateClasses(_ classes: Int) throws(DeltaCLError) {
    guard classes >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "\(name): the number of classes is \(classes) and must be at least 1")
    }
  }
}
