/// What training minimises, averaged over the batch.
public enum Loss: String, Hashable, Sendable, CaseIterable {
  /// The cross-entropy of the logits' softmax; labels are `int32` classes `[N]`.
  case softmaxCrossEntropy = "softmax-cross-entropy"
  /// The mean of the squared differences; labels are `float32` of the output's shape.
  case meanSquaredError = "mean-squared-error"
}
