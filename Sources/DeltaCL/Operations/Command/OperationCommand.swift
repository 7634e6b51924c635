/// An operation as `deltacl op` runs it: its name there, what it takes, and how its descriptor follows from that.
package struct OperationCommand: Sendable {
  /// A tensor that is computed from others of the file, which does not hold it.
  package struct Derived: Sendable {
    /// The operand that it is for.
    package let name: String
    /// The tensors that it is computed from.
    package let sources: [String]
    /// The computation.
    package let values: @Sendable ([[Float]]) -> [Float]
  }

  /// The name.
  package let name: String
  /// The attributes that it takes.
  package let attributes: [OperationAttribute]
  /// The tensors that it reads.
  package let tensors: [OperationTensor]
  /// The tensors that it writes, of those that its operations write or update.
  package let results: [OperationResult]
  /// The operands that are computed instead of read.
  package let derived: [Derived]
  private let names: [String: String]
  private let makeOperations: @Sendable (OperationArguments) throws -> [TensorOperation]

  /// - Parameters:
  ///   - names: The tensors' names if they are not those of the operands.
  ///   - operations: What is run one after the other; an operand that an earlier one wrote is not read from the file.
  init(
    _ name: String, attributes: [OperationAttribute] = [], tensors: [OperationTensor], results: [OperationResult],
    derived: [Derived] = [], names: [String: String] = [:],
    operations: @escaping @Sendable (OperationArguments) throws -> [TensorOperation]
  ) {
    self.name = name
    self.attributes = attributes
    self.tensors = tensors
    self.results = results
    self.derived = derived
    self.names = names
    makeOperations = operations
  }

  /// The name in the file of an operand.
  package func tensorName(of operand: Operand) -> String { names[operand.name] ?? operand.name }

  /// What is run one after the other. An activation that is asked for is applied to the first result or, if that is a
  /// delta, its own delta is.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) if the tensors do not fit each other, and that of the descriptor.
  package func operations(_ arguments: OperationArguments) throws -> [TensorOperation] {
    var operations = try makeOperations(arguments)
    guard let function = try arguments.activation, let first = operations.first, first.acceptsEpilogue else {
      return operations
    }
    operations[0] = .fused(first, results.first?.name == "dx" ? .activationDelta(function) : .activation(function))
    return operations
  }
}

extension TensorOperation {
  /// What `deltacl op` runs, in the order in which help lists it.
  package static let commands =
    [
      ConvolutionForward.command, ConvolutionDelta.command, ConvolutionGradient.command,
      TransposedConvolutionForward.command,
      MaxPooling.command, MaxPoolingDelta.command,
      AveragePooling.command, AveragePoolingDelta.command, AveragePooling.globalCommand,
      AveragePoolingDelta.globalCommand,
      BatchNormalizationForward.command, BatchNormalizationDelta.command, BatchNormalizationInference.command,
      MultiplyChannels.command, MultiplyChannels.deltaCommand, MultiplyChannelsGradient.command,
      Dropout.command, Dropout.deltaCommand,
      DenseForward.command, DenseDelta.command, DenseGradient.command,
    ] + Activation.all().map(ActivationForward.command) + Activation.all().map(ActivationDelta.command)
    + [SoftmaxCrossEntropy.command] + Elementwise.commands + Reduction.commands + StridedCopy.commands
    + [
      Concatenation.command, Pad.command, PadDelta.command, Gather.command, ScatterAdd.command, Matmul.command,
      Resize.command, ResizeDelta.command, TopK.command, TopKDelta.command,
      LocalResponseNormalization.command, LocalResponseNormalizationDelta.command,
    ]
}
