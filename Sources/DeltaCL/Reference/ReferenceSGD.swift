extension Reference {
  static func sgd(
    _ sgd: SGD, learningRate: Span<Double>, gradient: Span<Double>, parameters: consuming MutableSpan<Double>,
    velocity: consuming MutableSpan<Double>
  ) {
    let (momentum, weightDecay) = (Double(sgd.momentum), Double(sgd.weightDecay))
    for index in 0..<sgd.count {
      let g = gradient[index] + weightDecay * parameters[index]
      let v = momentum * velocity[index] + g
      velocity[index] = v
      parameters[index] -= learningRate[0] * (sgd.nesterov ? g + momentum * v : v)
    }
  }
}
