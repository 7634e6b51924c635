extension Reference {
  static func dense(
    _ dense: Dense, x: Span<Double>, w: Span<Double>, b: Span<Double>?, y: consuming MutableSpan<Double>
  ) {
    for n in 0..<dense.batch {
      for output in 0..<dense.outputs {
        var sum = 0.0
        for input in 0..<dense.inputs {
          sum += x[n * dense.inputs + input] * w[output * dense.inputs + input]
        }
        if let b { sum += b[output] }
        y[n * dense.outputs + output] = sum
      }
    }
  }

  static func denseDelta(_ dense: Dense, dy: Span<Double>, w: Span<Double>, dx: consuming MutableSpan<Double>) {
    for n in 0..<dense.batch {
      for input in 0..<dense.inputs {
        var sum = 0.0
        for output in 0..<dense.outputs {
          sum += dy[n * dense.outputs + output] * w[output * dense.inputs + input]
        }
        dx[n * dense.inputs + input] = sum
      }
    }
  }

  static func denseGradient(_ dense: Dense, x: Span<Double>, dy: Span<Double>, dw: consuming MutableSpan<Double>) {
    for output in 0..<dense.outputs {
      for input in 0..<dense.inputs {
        var sum = 0.0
        for n in 0..<dense.batch {
          sum += dy[n * dense.outputs + output] * x[n * dense.inputs + input]
        }
        dw[output * dense.inputs + input] = sum
      }
    }
  }
}
