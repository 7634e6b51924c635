extension Reference {
  static func batchNormalization(
    _ normalization: BatchNormalization, x: Span<Double>, weight: Span<Double>, bias: Span<Double>,
    runningMean: consuming MutableSpan<Double>, runningVariance: consuming MutableSpan<Double>,
    y: consuming MutableSpan<Double>, savedMean: consuming MutableSpan<Double>,
    savedInverseDeviation: consuming MutableSpan<Double>, savedMeanLow: consuming MutableSpan<Double>
  ) {
    let (rows, channels) = (normalization.rows, normalization.channels)
    let momentum = Double(normalization.momentum)
    for c in 0..<channels {
      var sum = 0.0
      for row in 0..<rows { sum += x[row * channels + c] }
      let mean = sum / Double(rows)
      var squares = 0.0
      for row in 0..<rows { squares += (x[row * channels + c] - mean) * (x[row * channels + c] - mean) }
      let inverse = 1 / (squares / Double(rows) + Double(normalization.epsilon)).squareRoot()
      for row in 0..<rows {
        y[row * channels + c] = (x[row * channels + c] - mean) * inverse * weight[c] + bias[c]
      }
      savedMean[c] = Double(Float(mean))
      savedInverseDeviation[c] = inverse
      savedMeanLow[c] = savedMean[c].isFinite ? mean - savedMean[c] : 0
      runningMean[c] = kept((1 - momentum) * runningMean[c] + momentum * mean)
      runningVariance[c] = kept((1 - momentum) * runningVariance[c] + momentum * (squares / Double(rows - 1)))
    }
  }

  static func batchNormalizationDelta(
    _ normalization: BatchNormalization, _ activation: Activation?, x: Span<Double>, dy: Span<Double>,
    weight: Span<Double>, bias: Span<Double>?, savedMean: Span<Double>, savedInverseDeviation: Span<Double>,
    savedMeanLow: Span<Double>, dx: consuming MutableSpan<Double>, dweight: consuming MutableSpan<Double>,
    dbias: consuming MutableSpan<Double>
  ) {
    let (rows, channels) = (normalization.rows, normalization.channels)
    // The delta of the normalised values, before an activation.
    var delta = (0..<rows * channels).map { dy[$0] }
    if let activation, let bias {
      for index in delta.indices {
        let c = index % channels
        let mean = savedMean[c] + savedMeanLow[c]
        let y = activation.value((x[index] - mean) * savedInverseDeviation[c] * weight[c] + bias[c])
        delta[index] = activation.delta(y: y, dy: dy[index])
      }
    }
    for c in 0..<channels {
      let (mean, inverse) = (savedMean[c] + savedMeanLow[c], savedInverseDeviation[c])
      var (sum, product) = (0.0, 0.0)
      for row in 0..<rows {
        sum += delta[row * channels + c]
        product += delta[row * channels + c] * (x[row * channels + c] - mean) * inverse
      }
      for row in 0..<rows {
        let normalized = (x[row * channels + c] - mean) * inverse
        dx[row * channels + c] =
          weight[c] * inverse * (delta[row * channels + c] - (sum + normalized * product) / Double(rows))
      }
      dweight[c] = product
      dbias[c] = sum
    }
  }

  static func batchNormalizationInference(
    _ normalization: BatchNormalization, x: Span<Double>, weight: Span<Double>, bias: Span<Double>,
    runningMean: Span<Double>, runningVariance: Span<Double>, y: consuming MutableSpan<Double>
  ) {
    let channels = normalization.channels
    for row in 0..<normalization.rows {
      for c in 0..<channels {
        let deviation = (runningVariance[c] + Double(normalization.epsilon)).squareRoot()
        y[row * channels + c] = (x[row * channels + c] - runningMean[c]) / deviation * weight[c] + bias[c]
      }
    }
  }
}
