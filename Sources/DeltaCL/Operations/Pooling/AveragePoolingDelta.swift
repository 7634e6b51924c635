/// The delta of average pooling's input.
struct AveragePoolingDelta: Operation {
  let average: AveragePooling

  var name: String { "average-pooling-delta" }
  var acceptsEpilogue: Bool { true }

  var operands: [Operand] {
    [.read("dy", average.pooling.outputShape), .write("dx", average.pooling.inputShape)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.averagePoolingDelta(average, dy: f[0].span, dx: f[1].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    planner.averagePoolingDelta(average, epilogue)
  }
}

extension TensorOperation {
  /// dy to dx.
  public static func averagePoolingDelta(_ average: AveragePooling) -> Self {
    Self(AveragePoolingDelta(average: average))
  }
}
