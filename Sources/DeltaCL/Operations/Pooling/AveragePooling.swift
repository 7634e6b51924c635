/// Average pooling: the mean of each window's cells, whose delta is shared equally among them.
public struct AveragePooling: Hashable, Sendable {
  /// The windows.
  public let pooling: Pooling
  /// Whether padding counts among the cells of a window, as PyTorch means it: cells beyond the padded end, which only
  /// `ceilMode` reaches, never count.
  public let countsPadding: Bool

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the pooling is dilated.
  public init(_ pooling: Pooling, countsPadding: Bool = true) throws(DeltaCLError) {
    guard pooling.dilation == 1 else {
      throw DeltaCLError(.invalidDescriptor, "average pooling: dilation \(pooling.dilation) must be 1")
    }
    self.pooling = pooling
    self.countsPadding = countsPadding
  }
}

extension AveragePooling: Operation {
  var name: String { "average-pooling" }
  var acceptsEpilogue: Bool { true }
  var operands: [Operand] { [.read("x", pooling.inputShape), .write("y", pooling.outputShape)] }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.averagePooling(self, x: f[0].span, y: f[1].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    planner.averagePooling(self, epilogue)
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.averagePoolingDelta(self), [dy], to: 0)
  }

  static let command = OperationCommand(
    "average-pooling",
    attributes: [.window, .poolingStride, .padding, .countIncludePadding, .ceilMode] + OperationAttribute.epilogue,
    tensors: [.tensor("x", "[N, H, W, C]")], results: ["y"]
  ) { arguments in
    let pooling = try Pooling(arguments, arguments.shape("x"))
    return [.averagePooling(try AveragePooling(pooling, countsPadding: arguments.countIncludePadding))]
  }

  static let globalCommand = OperationCommand(
    "global-average-pooling", attributes: OperationAttribute.epilogue, tensors: [.tensor("x", "[N, H, W, C]")],
    results: ["y"]
  ) { arguments in
    [.averagePooling(try AveragePooling(Pooling(arguments, arguments.shape("x"), isGlobal: true)))]
  }
}

extension TensorOperation {
  /// x to y.
  public static func averagePooling(_ average: AveragePooling) -> Self { Self(average) }
}
