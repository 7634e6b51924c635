extension Reference {
  static func elementwise(
    _ expression: ElementwiseExpression, _ form: BroadcastForm, inputs: [ReferenceFloats],
    y: consuming MutableSpan<Double>
  ) {
    for index in y.indices {
      let positions = form.positions(of: index)
      y[index] = expression.value { inputs[$0][positions[$0]] }
    }
  }

  static func add(count: Int, a: Span<Double>, b: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<count { y[index] = a[index] + b[index] }
  }

  static func scale(count: Int, factor: Double, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<count { y[index] = factor * x[index] }
  }

  static func fill(count: Int, value: Double, y: consuming MutableSpan<Double>) {
    for index in 0..<count { y[index] = value }
  }

  static func copy(count: Int, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<count { y[index] = x[index] }
  }
}
