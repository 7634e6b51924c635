import ArgumentParser
import DeltaCL

/// The operations that `deltacl op` runs.
enum OperationName: String, CaseIterable, ExpressibleByArgument {
  case convolution
  case convolutionDelta = "convolution-delta"
  case convolutionGradient = "convolution-gradient"
  case maxPooling = "max-pooling"
  case maxPoolingDelta = "max-pooling-delta"
  case averagePooling = "average-pooling"
  case averagePoolingDelta = "average-pooling-delta"
  case globalAveragePooling = "global-average-pooling"
  case globalAveragePoolingDelta = "global-average-pooling-delta"
  case batchNormalization = "batch-normalization"
  case batchNormalizationDelta = "batch-normalization-delta"
  case batchNormalizationInference = "batch-normalization-inference"
  case dropout
  case dropoutDelta = "dropout-delta"
  case dense
  case denseDelta = "dense-delta"
  case denseGradient = "dense-gradient"
  case relu
  case reluDelta = "relu-delta"
  case relu6
  case relu6Delta = "relu6-delta"
  case leakyRelu = "leaky-relu"
  case leakyReluDelta = "leaky-relu-delta"
  case sigmoid
  case sigmoidDelta = "sigmoid-delta"
  case tanh
  case tanhDelta = "tanh-delta"
  case softmaxCrossEntropy = "softmax-cross-entropy"

  /// The attributes that the operation takes; ``OperationAttributes`` has their forms and defaults.
  var attributes: Set<OperationAttributes.Key> {
    switch self {
    case .convolution: [.stride, .padding, .dilation, .groups, .activation, .slope]
    case .convolutionDelta: [.stride, .padding, .dilation, .groups, .inputSize, .activation, .slope]
    case .convolutionGradient: [.stride, .padding, .dilation, .groups, .kernelSize]
    case .maxPooling: [.window, .stride, .padding, .dilation, .ceilMode]
    case .maxPoolingDelta: [.window, .stride, .padding, .dilation, .ceilMode, .inputSize, .activation, .slope]
    case .averagePooling: [.window, .stride, .padding, .countIncludePadding, .ceilMode, .activation, .slope]
    case .averagePoolingDelta:
      [.window, .stride, .padding, .countIncludePadding, .ceilMode, .inputSize, .activation, .slope]
    case .globalAveragePoolingDelta: [.inputSize, .activation, .slope]
    case .batchNormalization: [.epsilon, .momentum, .activation, .slope]
    case .batchNormalizationInference: [.epsilon, .activation, .slope]
    case .dropout, .dropoutDelta: [.probability, .seed, .layer, .activation, .slope]
    case .dense, .denseDelta, .globalAveragePooling, .batchNormalizationDelta: [.activation, .slope]
    case .leakyRelu, .leakyReluDelta: [.slope]
    default: []
    }
  }

  /// The attributes without a default.
  var requiredAttributes: Set<OperationAttributes.Key> {
    attributes.intersection([.window, .inputSize, .kernelSize])
  }

  /// The operations that are activations.
  static let activations: [OperationName] = [.relu, .relu6, .leakyRelu, .sigmoid, .tanh]

  /// The activation that this operation applies or whose delta it is.
  func activation(slope: Float) -> Activation {
    switch self {
    case .sigmoid, .sigmoidDelta: .sigmoid
    case .tanh, .tanhDelta: .tanh
    case .relu6, .relu6Delta: .relu6
    case .leakyRelu, .leakyReluDelta: .leakyRelu(slope: slope)
    default: .relu
    }
  }
}
