/// The delta of max pooling's input.
package struct MaxPoolingDelta: Operation {
  package let pooling: Pooling

  var name: String { "max-pooling-delta" }
  var acceptsEpilogue: Bool { true }

  var operands: [Operand] {
    [
      .read("dy", pooling.outputShape), .read("argmax", pooling.outputShape, .int32), .write("dx", pooling.inputShape),
    ]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.maxPoolingDelta(pooling, dy: f[0].span, argmax: i[1].span, dx: f[2].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    planner.maxPoolingDelta(pooling, epilogue)
  }
}

extension TensorOperation {
  /// dy, argmax to dx: a gather from every window that chose a position.
  public static func maxPoolingDelta(_ pooling: Pooling) -> Self {
    Self(MaxPoolingDelta(pooling: pooling))
  }
}
