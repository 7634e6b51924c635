/// One operation on tensors of given shapes: what a backend makes a ``Plan`` from.
///
/// Descriptors validate their parameters when they are made, so an operation that exists is possible. Operands come in the
/// order of ``operands``: what is read, then what is updated, then what is written, and last what an ``Epilogue`` reads.
public struct TensorOperation: Hashable, Sendable {
  private let base: any Operation

  init(_ base: some Operation) {
    self.base = base
  }

  /// The operation as one of a kind such as ``MaxPooling``, which has its parameters; `nil` if it is of another.
  ///
  /// A descriptor that serves one operation alone is its kind: ``AveragePooling``, ``Dropout`` and ``SGDUpdate``.
  public func `as`<Kind>(_ kind: Kind.Type) -> Kind? { base as? Kind }

  /// Whether both are of the same kind with the same parameters.
  public static func == (a: Self, b: Self) -> Bool { a.base.isEqual(to: b.base) }

  /// Hashes the kind and the parameters.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(type(of: base)))
    base.hash(into: &hasher)
  }
}

extension TensorOperation {
  /// The name in the command line, in errors and in profiles.
  public var name: String { base.name }

  /// Whether the operation can be ``fused(_:_:)`` with an epilogue: whether every element of what it writes first is stored
  /// once, when it is complete.
  public var acceptsEpilogue: Bool { base.acceptsEpilogue }

  /// The positions of operands whose storage the first result may take: of the same shape, and no element is read after it
  /// is written.
  public var inPlaceOperands: [Int] { base.inPlaceOperands }

  /// The tensors that the operation works on, in the order in which they are bound.
  public var operands: [Operand] { base.operands }

  /// The multiplications and additions that the mathematics asks for; 0 for operations that memory alone bounds.
  public var floatingPointOperations: Int { base.floatingPointOperations }

  /// The bytes of all operands, an updated one counted twice: the least that must move.
  public var byteCount: Int {
    operands.reduce(0) { sum, operand in
      sum + operand.shape.elementCount * operand.elementType.byteCount * (operand.access == .update ? 2 : 1)
    }
  }

  /// The shapes in one word. Of convolutions it is what `deltacl bench layers --shape` takes:
  /// `N,H,W,C,K,R,S,stride,padding,dilation,groups`; of dense layers batch, inputs and outputs; of others all operands.
  public var shapeText: String { base.shapeText }

  /// Whether the operation's plan has free choices, see ``PlanChoice``.
  public var hasPlanChoices: Bool { convolutionPass != nil }

  /// The convolution behind the operation; `nil` if its plan has no free choices.
  var convolutionPass: ConvolutionPass? { base.convolutionPass }

  /// The operation without what follows it in the same pass over memory; both have the same choices.
  public var withoutEpilogue: TensorOperation { `as`(Fused.self)?.operation ?? self }

  /// What follows the operation in the same pass over memory.
  var epilogue: Epilogue? { `as`(Fused.self)?.epilogue }

  /// What each element of the only result is of the elements of the operands there; `nil` for operations of other kinds.
  package var expression: ElementwiseExpression? { base.expression }

  /// Computes the mathematics, see ``Operation/computeReference(floats:integers:)``.
  func computeReference(floats: [ReferenceFloats], integers: [ReferenceIntegers]) throws {
    try base.computeReference(floats: floats, integers: integers)
  }

  /// The launches of an operation that has one plan.
  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    try base.launches(planner, epilogue)
  }

  /// Contributes the deltas of what was read, from the delta of what was written.
  package func differentiate(in scope: inout some DifferentiationScope) throws { try base.differentiate(in: &scope) }

  /// Throws if an operand's shape is impossible or too large to index; every backend calls it before it plans.
  public func validate() throws(DeltaCLError) {
    for operand in operands {
      try operand.shape.validate("\(name): \(operand.name)")
    }
    try base.validate()
  }

  /// Throws if `storages` are not what ``operands`` asks for; every backend calls it before it binds.
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
