/// One operation on tensors of given shapes: what a backend makes a ``Plan`` from.
///
/// Descriptors validate their parameters when they are made, so an operation that exists is possible. Operands come in the
/// order of ``operands``: what is read, then what is updated, then what is written, and last what an ``Epilogue`` reads.
public enum TensorOperation: Hashable, Sendable {
  /// x, w (and b with `bias`) to y.
  case convolution(Convolution, bias: Bool)
  /// dy, w to dx.
  case convolutionDelta(Convolution)
  /// x, dy to dw.
  case convolutionGradient(Convolution)
  /// dy `[rows, channels]` to db, the sums of its columns.
  case biasGradient(rows: Int, channels: Int)
  /// x to y and argmax.
  case maxPooling(Pooling)
  /// dy, argmax to dx: a gather from every window that chose a position.
  case maxPoolingDelta(Pooling)
  /// x to y.
  case averagePooling(AveragePooling)
  /// dy to dx.
  case averagePoolingDelta(AveragePooling)
  /// x, w (and b with `bias`) to y.
  case dense(Dense, bias: Bool)
  /// dy, w to dx.
  case denseDelta(Dense)
  /// x, dy to dw.
  case denseGradient(Dense)
  /// x to y.
  case activation(Activation, count: Int)
  /// y, dy to dx.
  case activationDelta(Activation, count: Int)
  /// x, weight, bias to y, savedMean, savedInverseDeviation and savedMeanLow with the statistics of x; updates runningMean and
  /// runningVariance. savedMeanLow is the mean less savedMean, which the mean's last digits do not fit into where it is large
  /// beside the deviation.
  case batchNormalization(BatchNormalization)
  /// x, dy, weight (and bias with an `activation`), savedMean, savedInverseDeviation, savedMeanLow to dx, dweight and dbias. With
  /// an `activation` dy is the delta of what it made of the normalised values, which are computed again.
  case batchNormalizationDelta(BatchNormalization, activation: Activation? = nil)
  /// x, weight, bias, runningMean, runningVariance to y.
  case batchNormalizationInference(BatchNormalization)
  /// x, step `[1]` to y. It is its own delta: dy, step to dx.
  case dropout(Dropout)
  /// Adds 1 to a counter `[1]`; after the greatest `int32` comes the least.
  case increment
  /// x to y, over the classes of each row.
  case softmax(rows: Int, classes: Int)
  /// y, dy to dx.
  case softmaxDelta(rows: Int, classes: Int)
  /// logits, labels to the mean loss and dlogits = (softmax - target) / rows. A label outside `0..<classes` makes loss and its
  /// row of dlogits NaN; the mean over no rows is NaN.
  case softmaxCrossEntropy(rows: Int, classes: Int)
  /// y, target to the mean loss and dy = 2 (y - target) / count; the mean over nothing is NaN.
  case meanSquaredError(count: Int)
  /// logits, labels to the number of rows whose largest logit (the first of equals) is the label's.
  case correctPredictions(rows: Int, classes: Int)
  /// a, b to y = a + b.
  case add(count: Int)
  /// x to y = factor * x.
  case scale(count: Int, factor: Float)
  /// y = value.
  case fill(count: Int, value: Float)
  /// x to y = x.
  case copy(count: Int)
  /// learningRate `[1]`, gradient; updates parameters and velocity.
  case sgd(SGD)
  /// An operation that ``acceptsEpilogue`` and, in the same pass over memory, what follows it. Its operands are those of the
  /// operation, then those of the epilogue.
  indirect case fused(TensorOperation, Epilogue)

  /// The name in the command line, in errors and in profiles.
  public var name: String {
    switch self {
    case .convolution: "convolution"
    case .convolutionDelta: "convolution-delta"
    case .convolutionGradient: "convolution-gradient"
    case .biasGradient: "bias-gradient"
    case .maxPooling: "max-pooling"
    case .maxPoolingDelta: "max-pooling-delta"
    case .averagePooling: "average-pooling"
    case .averagePoolingDelta: "average-pooling-delta"
    case .dense: "dense"
    case .denseDelta: "dense-delta"
    case .denseGradient: "dense-gradient"
    case .activation(let function, _): function.name
    case .activationDelta(let function, _): function.name + "-delta"
    case .batchNormalization: "batch-normalization"
    case .batchNormalizationDelta: "batch-normalization-delta"
    case .batchNormalizationInference: "batch-normalization-inference"
    case .dropout: "dropout"
    case .increment: "increment"
    case .softmax: "softmax"
    case .softmaxDelta: "softmax-delta"
    case .softmaxCrossEntropy: "softmax-cross-entropy"
    case .meanSquaredError: "mean-squared-error"
    case .correctPredictions: "correct-predictions"
    case .add: "add"
    case .scale: "scale"
    case .fill: "fill"
    case .copy: "copy"
    case .sgd: "sgd"
    case .fused(let operation, let epilogue): "\(operation.name)+\(epilogue.name)"
    }
  }

  /// Whether the operation can be ``fused(_:_:)`` with an epilogue: whether every element of what it writes first is stored
  /// once, when it is complete.
  public var acceptsEpilogue: Bool {
    switch self {
    case .convolution, .convolutionDelta, .dense, .denseDelta, .maxPoolingDelta, .averagePooling, .averagePoolingDelta,
      .batchNormalization, .batchNormalizationInference, .dropout, .add:
      true
    default:
      false
    }
  }

  /// The positions of operands whose storage the first result may take: of the same shape, and no element is read after it
  /// is written.
  public var inPlaceOperands: [Int] {
    switch self {
    case .activation, .dropout, .scale, .copy, .batchNormalizationInference: [0]
    case .activationDelta: [1, 0]
    case .batchNormalizationDelta: [1]
    case .add: [0, 1]
    case .fused(let operation, _): operation.inPlaceOperands
    default: []
    }
  }

  /// The tensors that the operation works on, in the order in which they are bound.
  public var operands: [Operand] {
    switch self {
    case .convolution(let convolution, let bias):
      return [.read("x", convolution.inputShape), .read("w", convolution.kernelShape)]
        + (bias ? [.read("b", convolution.biasShape)] : []) + [.write("y", convolution.outputShape)]
    case .convolutionDelta(let convolution):
      return [
        .read("dy", convolution.outputShape), .read("w", convolution.kernelShape), .write("dx", convolution.inputShape),
      ]
    case .convolutionGradient(let convolution):
      return [
        .read("x", convolution.inputShape), .read("dy", convolution.outputShape), .write("dw", convolution.kernelShape),
      ]
    case .biasGradient(let rows, let channels):
      return [.read("dy", [rows, channels]), .write("db", [channels])]
    case .maxPooling(let pooling):
      return [
        .read("x", pooling.inputShape), .write("y", pooling.outputShape), .write("argmax", pooling.outputShape, .int32),
      ]
    case .maxPoolingDelta(let pooling):
      return [
        .read("dy", pooling.outputShape), .read("argmax", pooling.outputShape, .int32),
        .write("dx", pooling.inputShape),
      ]
    case .averagePooling(let average):
      return [.read("x", average.pooling.inputShape), .write("y", average.pooling.outputShape)]
    case .averagePoolingDelta(let average):
      return [.read("dy", average.pooling.outputShape), .write("dx", average.pooling.inputShape)]
    case .dense(let dense, let bias):
      return [.read("x", dense.inputShape), .read("w", dense.kernelShape)]
        + (bias ? [.read("b", dense.biasShape)] : []) + [.write("y", dense.outputShape)]
    case .denseDelta(let dense):
      return [.read("dy", dense.outputShape), .read("w", dense.kernelShape), .write("dx", dense.inputShape)]
    case .denseGradient(let dense):
      return [.read("x", dense.inputShape), .read("dy", dense.outputShape), .write("dw", dense.kernelShape)]
    case .activation(_, let count):
      return [.read("x", [count]), .write("y", [count])]
    case .activationDelta(_, let count):
      return [.read("y", [count]), .read("dy", [count]), .write("dx", [count])]
    case .batchNormalization(let normalization):
      let channels = normalization.channelShape
      return [
        .read("x", normalization.shape), .read("weight", channels), .read("bias", channels),
        .update("runningMean", channels), .update("runningVariance", channels), .write("y", normalization.shape),
        .write("savedMean", channels), .write("savedInverseDeviation", channels), .write("savedMeanLow", channels),
      ]
    case .batchNormalizationDelta(let normalization, let activation):
      let channels = normalization.channelShape
      return [.read("x", normalization.shape), .read("dy", normalization.shape), .read("weight", channels)]
        + (activation == nil ? [] : [.read("bias", channels)]) + [
          .read("savedMean", channels), .read("savedInverseDeviation", channels), .read("savedMeanLow", channels),
          .write("dx", normalization.shape), .write("dweight", channels), .write("dbias", channels),
        ]
    case .batchNormalizationInference(let normalization):
      let channels = normalization.channelShape
      return [
        .read("x", normalization.shape), .read("weight", channels), .read("bias", channels),
        .read("runningMean", channels), .read("runningVariance", channels), .write("y", normalization.shape),
      ]
    case .dropout(let dropout):
      return [.read("x", [dropout.count]), .read("step", [1], .int32), .write("y", [dropout.count])]
    case .increment:
      return [.update("counter", [1], .int32)]
    case .softmax(let rows, let classes):
      return [.read("x", [rows, classes]), .write("y", [rows, classes])]
    case .softmaxDelta(let rows, let classes):
      return [.read("y", [rows, classes]), .read("dy", [rows, classes]), .write("dx", [rows, classes])]
    case .softmaxCrossEntropy(let rows, let classes):
      return [
        .read("logits", [rows, classes]), .read("labels", [rows], .int32), .write("loss", [1]),
        .write("dlogits", [rows, classes]),
      ]
    case .meanSquaredError(let count):
      return [.read("y", [count]), .read("target", [count]), .write("loss", [1]), .write("dy", [count])]
    case .correctPredictions(let rows, let classes):
      return [.read("logits", [rows, classes]), .read("labels", [rows], .int32), .write("correct", [1], .int32)]
    case .add(let count):
      return [.read("a", [count]), .read("b", [count]), .write("y", [count])]
    case .scale(let count, _), .copy(let count):
      return [.read("x", [count]), .write("y", [count])]
    case .fill(let count, _):
      return [.write("y", [count])]
    case .sgd(let sgd):
      return [
        .read("learningRate", [1]), .read("gradient", [sgd.count]), .update("parameters", [sgd.count]),
        .update("velocity", [sgd.count]),
      ]
    case .fused(let operation, .activation):
      return operation.operands
    case .fused(let operation, .activationDelta):
      let operands = operation.operands
      let activated = operands.first { $0.access == .write }.map { Operand.read("activated", $0.shape) }
      return operands + (activated.map { [$0] } ?? [])
    }
  }

  /// The multiplications and additions that the mathematics asks for; 0 for operations that memory alone bounds.
  public var floatingPointOperations: Int {
    switch self {
    case .convolution(let convolution, _), .convolutionDelta(let convolution), .convolutionGradient(let convolution):
      convolution.floatingPointOperations
    case .dense(let dense, _), .denseDelta(let dense), .denseGradient(let dense):
      dense.floatingPointOperations
    case .fused(let operation, _):
      operation.floatingPointOperations
    default:
      0
    }
  }

  /// The bytes of all operands, an updated one counted twice: the least that must move.
  public var byteCount: Int {
    operands.reduce(0) { sum, operand in
      sum + operand.shape.elementCount * operand.elementType.byteCount * (operand.access == .update ? 2 : 1)
    }
  }

  /// Throws where an operand's shape is impossible or too large to index; every backend calls it before it plans.
  public func validate() throws(DeltaCLError) {
    for operand in operands {
      try operand.shape.validate("\(name): \(operand.name)")
    }
    switch self {
    case .activation(let function, _), .activationDelta(let function, _):
      try function.validate()
    case .batchNormalization(let normalization):
      try normalization.validateForTraining()
    case .batchNormalizationDelta(let normalization, let activation):
      try normalization.validateForTraining()
      try activation?.validate()
    case .fused(let operation, let epilogue):
      guard operation.acceptsEpilogue else {
        throw DeltaCLError(.invalidDescriptor, "\(operation.name) cannot be fused with \(epilogue.name)")
      }
      try operation.validate()
      try epilogue.activation.validate()
    case .softmax(_, let classes), .softmaxDelta(_, let classes), .softmaxCrossEntropy(_, let classes),
      .correctPredictions(_, let classes):
      guard classes >= 1 else {
        throw DeltaCLError(.invalidDescriptor, "\(name): the number of classes is \(classes) and must be at least 1")
      }
    default:
      break
    }
  }

  /// Throws where `storages` are not what ``operands`` asks for; every backend calls it before it binds.
  public func validate(_ storages: [any Storage]) throws(DeltaCLError) {
    let operands = operands
    guard storages.count == operands.count else {
      throw DeltaCLError(
        .mismatch,
        "\(name) takes \(operands.count) tensors (\(operands.map(\.name).joined(separator: ", "))), not \(storages.count)"
      )
    }
    try validate()
    for (operand, storage) in zip(operands, storages) {
      guard storage.elementType == operand.elementType else {
        throw DeltaCLError(
          .mismatch, "\(name): \(operand.name) must have \(operand.elementType) elements, not \(storage.elementType)")
      }
      guard storage.count == operand.shape.elementCount else {
        throw DeltaCLError(
          .mismatch,
          "\(name): \(operand.name) of shape \(operand.shape) needs \(operand.shape.elementCount) elements, not \(storage.count)"
        )
      }
    }
  }
}
