extension Reference {
  static func sgd(
    _ update: SGDUpdate, learningRate: Double, scale: Double, gradient: Span<Double>,
    parameters: consuming MutableSpan<Double>, velocity: consuming MutableSpan<Double>
  ) {
    let (momentum, weightDecay) = (Double(update.momentum), Double(update.weightDecay))
    for index in 0..<update.count {
      let g = scale * gradient[index] + weightDecay * parameters[index]
      let v = momentum * velocity[index] + g
      velocity[index] = kept(v)
      parameters[index] = kept(parameters[index] - learningRate * (update.nesterov ? g + momentum * v : v))
    }
  }

  static func adam(
    _ update: AdamUpdate, scalars: Span<Double>, scale: Double, gradient: Span<Double>,
    parameters: consuming MutableSpan<Double>, firstMoment: consuming MutableSpan<Double>,
    secondMoment: consuming MutableSpan<Double>
  ) {
    let (stepSize, correction, share) = (scalars[0], scalars[1], scalars[2])
    for index in 0..<update.count {
      let g = scale * gradient[index] + Double(update.weightDecay) * parameters[index]
      let m = update.beta1 * firstMoment[index] + (1 - update.beta1) * g
      let v = update.beta2 * secondMoment[index] + (1 - update.beta2) * g * g
      firstMoment[index] = kept(m)
      secondMoment[index] = kept(v)
      parameters[index] = kept(
        share * parameters[index] - stepSize * m / (correction * v.squareRoot() + Double(update.epsilon)))
    }
  }

  static func rmsprop(
    _ update: RMSpropUpdate, learningRate: Double, scale: Double, gradient: Span<Double>,
    parameters: consuming MutableSpan<Double>, squareAverage: consuming MutableSpan<Double>,
    velocity: consuming MutableSpan<Double>
  ) {
    for index in 0..<update.count {
      let g = scale * gradient[index] + Double(update.weightDecay) * parameters[index]
      let s = update.smoothing * squareAverage[index] + (1 - update.smoothing) * g * g
      let v = Double(update.momentum) * velocity[index] + g / (s.squareRoot() + Double(update.epsilon))
      squareAverage[index] = kept(s)
      velocity[index] = kept(v)
      parameters[index] = kept(parameters[index] - learningRate * v)
    }
  }

  static func lion(
    _ update: LionUpdate, scalars: Span<Double>, scale: Double, gradient: Span<Double>,
    parameters: consuming MutableSpan<Double>, firstMoment: consuming MutableSpan<Double>
  ) {
    let (learningRate, share) = (scalars[0], scalars[1])
    for index in 0..<update.count {
      let (g, m) = (scale * gradient[index], firstMoment[index])
      let mean = update.beta1 * m + (1 - update.beta1) * g
      let sign = mean > 0 ? 1.0 : mean < 0 ? -1.0 : 0
      parameters[index] = kept(share * parameters[index] - learningRate * sign)
      firstMoment[index] = kept(update.beta2 * m + (1 - update.beta2) * g)
    }
  }

  static func movingAverage(
    count: Int, kept share: Double, x: Span<Double>, average: consuming MutableSpan<Double>
  ) {
    for index in 0..<count { average[index] = kept(x[index] + share * (average[index] - x[index])) }
  }

  static func clipValue(count: Int, limit: Double, scale: Double, gradient: consuming MutableSpan<Double>) {
    for index in 0..<count {
      let g = scale * gradient[index]
      gradient[index] = g > limit ? limit : g < -limit ? -limit : g
    }
  }

  static func clipNorm(
    count: Int, maximum: Double, scale: Double, gradient: Span<Double>, clipped: consuming MutableSpan<Double>
  ) {
    var squares = 0.0
    for index in 0..<count { squares += gradient[index] * gradient[index] }
    let share = maximum / (abs(scale) * squares.squareRoot() + 1e-6)
    clipped[0] = scale * (share > 1 ? 1 : share)
  }

  /// A number that lives on after the step, rounded to what a checkpoint can hold: a training that is resumed from one makes the same
  /// steps as one that goes on.
  static func kept(_ value: Double) -> Double { Double(Float(value)) }
}
