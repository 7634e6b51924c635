/// Dropout: each element becomes 0 with some probability, and what remains is scaled so that its expectation stays.
///
///     y = kept ? x / (1 - probability) : 0
///
/// Which elements are kept follows from the seed, the layer and the step alone, on every backend: element `64 t + 16 j + l` is
/// dropped if the 24 high bits of word `j` of Philox4x32-10 are below `probability * 2^24`; the counter is
/// `(16 t + l, step, layer, 3 * 2^24)` and the key is the seed. A dropped NaN is 0 too.
///
/// Nitish Srivastava and others, "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014.
public struct Dropout: Hashable, Sendable {
  /// The number of elements.
  public let count: Int
  /// The probability with which an element is dropped; with 1 all are.
  public let probability: Float
  /// The key of the random numbers.
  public let seed: UInt64
  /// What tells the dropout layers of one network apart.
  public let layer: UInt32

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` if the probability is not from 0 to 1 or there are too many elements.
  public init(count: Int, probability: Float = 0.5, seed: UInt64, layer: UInt32 = 0) throws(DeltaCLError) {
    self.count = count
    self.probability = probability
    self.seed = seed
    self.layer = layer
    guard (0...1).contains(probability) else {
      throw DeltaCLError(.invalidDescriptor, "dropout: probability \(probability) must be from 0 to 1")
    }
    try Shape([count]).validate("dropout input")
  }

  /// What elements that are kept are multiplied with.
  var scale: Float { probability < 1 ? 1 / (1 - probability) : 0 }
  /// The 24-bit number below which an element is dropped.
  var threshold: UInt32 { UInt32((probability * 0x1p24).rounded(.up)) }
  /// The counters of a tile.
  static let lanes = 16
  /// The elements of a tile, one for each word of its counters' blocks.
  static let tile = 64
  /// The last word of the counter, which sets these random numbers apart from those of other purposes.
  static let purpose: UInt32 = 3 << 24
}

extension Dropout: Operation {
  var name: String { "dropout" }
  var acceptsEpilogue: Bool { true }
  var inPlaceOperands: [Int] { [0] }
  var operands: [Operand] { [.read("x", [count]), .read("step", [1], .int32), .write("y", [count])] }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.dropout(self, x: f[0].span, step: i[1].span, y: f[2].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    func word(_ bits: UInt32) -> Launch.Argument { .int(Int(Int32(bitPattern: bits))) }
    let tilesPerItem = max(1, planner.elementsPerItem / Self.tile)
    let width = min(Self.lanes, planner.maximumVectorWidth)
    return LaunchList(
      Launch(
        "dropout", in: "random/dropout", constants: ["V": width],
        [
          "x": .operand(0), "stepNumber": .operand(1), "y": .operand(2), "count": .int(count),
          "seedLow": word(UInt32(truncatingIfNeeded: seed)), "seedHigh": word(UInt32(truncatingIfNeeded: seed >> 32)),
          "layer": word(layer), "purpose": word(Self.purpose), "threshold": word(threshold), "scale": .float(scale),
          "tilesPerItem": .int(tilesPerItem),
        ],
        globalSize: [Self.lanes / width * ceilingDivision(count, Self.tile * tilesPerItem)], epilogue: epilogue))
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.dropout(self), [dy, scope.operand(1)], to: 0)
  }

  static let command = OperationCommand(
    "dropout", attributes: [.probability, .seed, .layer] + OperationAttribute.epilogue,
    tensors: [.anyShape("x"), .tensor("step", .int32)], results: [OperationResult("y", like: "x")]
  ) { arguments in [.dropout(try Dropout(arguments, count: arguments.shape("x").elementCount))] }

  static let deltaCommand = OperationCommand(
    "dropout-delta", attributes: [.probability, .seed, .layer] + OperationAttribute.epilogue,
    tensors: [.anyShape("dy"), .tensor("step", .int32), .optional("activated", like: "dy")],
    results: [OperationResult("dx", like: "dy")], names: ["x": "dy", "y": "dx"]
  ) { arguments in [.dropout(try Dropout(arguments, count: arguments.shape("dy").elementCount))] }

  private init(_ arguments: OperationArguments, count: Int) throws(DeltaCLError) {
    try self.init(
      count: count, probability: arguments.probability, seed: arguments.seed, layer: arguments.layer)
  }
}

extension TensorOperation {
  /// x, step `[1]` to y. It is its own delta: dy, step to dx.
  public static func dropout(_ dropout: Dropout) -> Self { Self(dropout) }
}
