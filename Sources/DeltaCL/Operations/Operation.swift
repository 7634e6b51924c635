/// All that one kind of operation knows about itself. Code that works with operations asks them instead of switching over them.
///
/// Operands come in the order of ``operands``: what is read, then what is updated, then what is written.
protocol Operation: Hashable, Sendable {
  /// The name in the command line, in errors and in profiles.
  var name: String { get }
  /// The tensors that the operation works on.
  var operands: [Operand] { get }
  /// The multiplications and additions that the mathematics asks for; 0 for operations that memory alone bounds.
  var floatingPointOperations: Int { get }
  /// See ``TensorOperation/inPlaceOperands``.
  var inPlaceOperands: [Int] { get }
  /// See ``TensorOperation/acceptsEpilogue``.
  var acceptsEpilogue: Bool { get }
  /// The shapes in one word.
  var shapeText: String { get }
  /// The convolution behind the operation; `nil` if its plan has no free choices.
  var convolutionPass: ConvolutionPass? { get }

  /// See ``TensorOperation/expression``.
  var expression: ElementwiseExpression? { get }

  /// Throws if a parameter is impossible that no descriptor has checked. The operands' shapes are checked for all.
  func validate() throws(DeltaCLError)

  /// Computes the mathematics: `f` has the operands of `float32`, `i` those of `int32`, each at its own position.
  ///
  /// - Throws: What a reference of other code throws.
  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) throws

  /// The launches that compute the operation on an OpenCL device; those that store its first result apply the epilogue.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) if scratch would be too large to index.
  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList

  /// Contributes the deltas of what was read, from the delta of what was written. Without a rule the operation is not
  /// differentiable.
  func differentiate(in scope: inout some DifferentiationScope) throws
}

extension Operation {
  var floatingPointOperations: Int { 0 }
  var inPlaceOperands: [Int] { [] }
  var acceptsEpilogue: Bool { false }
  var convolutionPass: ConvolutionPass? { nil }
  var expression: ElementwiseExpression? { nil }

  var shapeText: String {
    operands.map { "\($0.name)[\($0.shape.dimensions.map(String.init).joined(separator: ","))]" }.joined(separator: " ")
  }

  func validate() throws(DeltaCLError) {}

  func differentiate(in scope: inout some DifferentiationScope) throws {
    if try scope.resultDelta() != nil { throw scope.notDifferentiable(name) }
  }

  /// Whether the two are the same kind of operation with the same parameters.
  func isEqual(to other: any Operation) -> Bool { other as? Self == self }
}
