/// Batch normalisation of a matrix's columns, which are the channels of NHWC activations or the features of a dense layer:
///
///     y = (x - mean) / sqrt(variance + epsilon) * weight + bias
///
/// In training mean and variance are those of the rows at hand, and running statistics follow them as PyTorch's do:
///
///     running = (1 - momentum) * running + momentum * statistic
///
/// where the running variance follows the unbiased one, whose divisor is `rows - 1`. In inference they are the running ones.
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
  /// - Throws: ``DeltaCLError`` where a value is out of range.
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

  /// Throws where there are too few rows to tell a variance.
  func validateForTraining() throws(DeltaCLError) {
    guard rows >= 2 else {
      throw DeltaCLError(
        .invalidDescriptor,
        "batch normalization: \(rows) values of a channel have no variance; training needs at least 2: use a larger batch"
      )
    }
  }
}
