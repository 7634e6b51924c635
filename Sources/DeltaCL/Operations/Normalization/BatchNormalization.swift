/// Batch normalisation of a matrix's columns, which are the channels of NHWC activations or the features of a dense layer:
///
///     y = (x - mean) / sqrt(variance + epsilon) * weight + bias
///
/// In training mean and variance are those of the batch, and running statistics follow them as PyTorch's do:
///
///     running = (1 - momentum) * running + momentum * statistic
///
/// where the running variance follows the unbiased one, whose divisor is `rows - 1`. In inference they are the running ones.
///
/// The statistics of values far from zero are as accurate as those of others: a channel of equal values has exactly their mean, the
/// variance 0 and the result `bias`. Deviations of more than about 1e19 have squares that float32 does not hold: their inverse
/// deviation is 0 and the running variance infinite. As in PyTorch infinities of one sign are the mean, the running one too, where
/// both signs or a NaN make it NaN; the variance and all results of such a channel are NaN.
///
/// Sergey Ioffe and Christian Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
/// shift", ICML 2015.
public struct BatchNormalization: Hashable, Sendable {
  /// The values of a channel: images times rows times columns. At least 2 in training.
  public let rows: Int
  /// The number of channels.
  public let channels: Int
  /// What is added to variances before their root is taken.
  public let epsilon: Float
  /// How far running statistics move towards those of a batch.
  public let momentum: Float

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` if a value is out of range.
  public init(rows: Int, channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) throws(DeltaCLError) {
    self.rows = rows
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
    guard channels >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "batch normalization: channels \(channels) must be at least 1")
    }
    guard epsilon.isFinite, epsilon > 0 else {
      throw DeltaCLError(.invalidDescriptor, "batch normalization: epsilon \(epsilon) must be finite and above 0")
    }
    guard (0...1).contains(momentum) else {
      throw DeltaCLError(.invalidDescriptor, "batch normalization: momentum \(momentum) must be from 0 to 1")
    }
    try shape.validate("batch normalization input")
  }

  /// `[rows, channels]`, of x, y and their deltas.
  public var shape: Shape { [rows, channels] }
  /// `[channels]`, of weight, bias, statistics and gradients.
  public var channelShape: Shape { [channels] }

  /// Throws if there are too few rows to tell a variance.
  func validateForTraining() throws(DeltaCLError) {
    guard rows >= 2 else {
      throw DeltaCLError(
        .invalidDescriptor,
        "batch normalization: training needs at least 2 values of a channel to tell their variance, not \(rows): use more images "
          + "in every batch, the last of an epoch included"
      )
    }
  }
}
