/// The mathematics of every ``TensorOperation``, on tensors as flat sequences in the layouts that the descriptors define.
enum Reference {
  /// Runs an operation on its operands in the order of ``TensorOperation/operands``: `floats` has those of `float32`, `integers` those
  /// of `int32`, each at its own position.
  static func run(
    _ operation: TensorOperation, floats f: [UnsafeMutableBufferPointer<Double>],
    integers i: [UnsafeMutableBufferPointer<Int32>]
  ) {
    switch operation {
    case .convolution(let convolution, bias: false):
      Self.convolution(convolution, x: f[0].span, w: f[1].span, b: nil, y: f[2].mutableSpan)
    case .convolution(let convolution, bias: true):
      Self.convolution(convolution, x: f[0].span, w: f[1].span, b: f[2].span, y: f[3].mutableSpan)
    case .convolutionDelta(let convolution):
      convolutionDelta(convolution, dy: f[0].span, w: f[1].span, dx: f[2].mutableSpan)
    case .convolutionGradient(let convolution):
      convolutionGradient(convolution, x: f[0].span, dy: f[1].span, dw: f[2].mutableSpan)
    case .biasGradient(let rows, let channels):
      biasGradient(rows: rows, channels: channels, dy: f[0].span, db: f[1].mutableSpan)
    case .maxPooling(let pooling):
      maxPooling(pooling, x: f[0].span, y: f[1].mutableSpan, argmax: i[2].mutableSpan)
    case .maxPoolingDelta(let pooling):
      maxPoolingDelta(pooling, dy: f[0].span, argmax: i[1].span, dx: f[2].mutableSpan)
    case .averagePooling(let average):
      averagePooling(average, x: f[0].span, y: f[1].mutableSpan)
    case .averagePoolingDelta(let average):
      averagePoolingDelta(average, dy: f[0].span, dx: f[1].mutableSpan)
    case .dense(let dense, bias: false):
      Self.dense(dense, x: f[0].span, w: f[1].span, b: nil, y: f[2].mutableSpan)
    case .dense(let dense, bias: true):
      Self.dense(dense, x: f[0].span, w: f[1].span, b: f[2].span, y: f[3].mutableSpan)
    case .denseDelta(let dense):
      denseDelta(dense, dy: f[0].span, w: f[1].span, dx: f[2].mutableSpan)
    case .denseGradient(let dense):
      denseGradient(dense, x: f[0].span, dy: f[1].span, dw: f[2].mutableSpan)
    case .activation(let function, let count):
      activation(function, count: count, x: f[0].span, y: f[1].mutableSpan)
    case .activationDelta(let function, let count):
      activationDelta(function, count: count, y: f[0].span, dy: f[1].span, dx: f[2].mutableSpan)
    case .batchNormalization(let normalization):
      batchNormalization(
        normalization, x: f[0].span, weight: f[1].span, bias: f[2].span, runningMean: f[3].mutableSpan,
        runningVariance: f[4].mutableSpan, y: f[5].mutableSpan, savedMean: f[6].mutableSpan,
        savedInverseDeviation: f[7].mutableSpan, savedMeanLow: f[8].mutableSpan)
    case .batchNormalizationDelta(let normalization, activation: nil):
      batchNormalizationDelta(
        normalization, x: f[0].span, dy: f[1].span, weight: f[2].span, savedMean: f[3].span,
        savedInverseDeviation: f[4].span, savedMeanLow: f[5].span, dx: f[6].mutableSpan, dweight: f[7].mutableSpan,
        dbias: f[8].mutableSpan)
    case .batchNormalizationDelta(let normalization, let activation?):
      batchNormalizationDelta(
        normalization, activation, x: f[0].span, dy: f[1].span, weight: f[2].span, bias: f[3].span,
        savedMean: f[4].span, savedInverseDeviation: f[5].span, savedMeanLow: f[6].span, dx: f[7].mutableSpan,
        dweight: f[8].mutableSpan, dbias: f[9].mutableSpan)
    case .batchNormalizationInference(let normalization):
      batchNormalizationInference(
        normalization, x: f[0].span, weight: f[1].span, bias: f[2].span, runningMean: f[3].span,
        runningVariance: f[4].span, y: f[5].mutableSpan)
    case .dropout(let dropout):
      Self.dropout(dropout, x: f[0].span, step: i[1].span, y: f[2].mutableSpan)
    case .increment:
      increment(counter: i[0].mutableSpan)
    case .softmax(let rows, let classes):
      softmax(rows: rows, classes: classes, x: f[0].span, y: f[1].mutableSpan)
    case .softmaxDelta(let rows, let classes):
      softmaxDelta(rows: rows, classes: classes, y: f[0].span, dy: f[1].span, dx: f[2].mutableSpan)
    case .softmaxCrossEntropy(let rows, let classes):
      softmaxCrossEntropy(
        rows: rows, classes: classes, logits: f[0].span, labels: i[1].span, loss: f[2].mutableSpan,
        dlogits: f[3].mutableSpan)
    case .meanSquaredError(let count):
      meanSquaredError(count: count, y: f[0].span, target: f[1].span, loss: f[2].mutableSpan, dy: f[3].mutableSpan)
    case .correctPredictions(let rows, let classes):
      correctPredictions(
        rows: rows, classes: classes, logits: f[0].span, labels: i[1].span, correct: i[2].mutableSpan)
    case .add(let count):
      add(count: count, a: f[0].span, b: f[1].span, y: f[2].mutableSpan)
    case .scale(let count, let factor):
      scale(count: count, factor: Double(factor), x: f[0].span, y: f[1].mutableSpan)
    case .fill(let count, let value):
      fill(count: count, value: Double(value), y: f[0].mutableSpan)
    case .copy(let count):
      copy(count: count, x: f[0].span, y: f[1].mutableSpan)
    case .sgd(let sgd):
      Self.sgd(
        sgd, learningRate: f[0].span, gradient: f[1].span, parameters: f[2].mutableSpan, velocity: f[3].mutableSpan)
    case .fused(let operation, let epilogue):
      run(operation, floats: f, integers: i)
      if let result = operation.operands.firstIndex(where: { $0.access == .write }) {
        finish(epilogue, f[result].mutableSpan, activated: f[f.count - 1].span)
      }
    }
  }
}
