/// A way to compute convolutions and dense layers, their deltas and their gradients.
///
/// An algorithm exists for a pass that it can do. The planner's list of algorithms is ordered: the first one that can do a pass and
/// has no drawback there is the default. All algorithms compute the same operation, but may round it differently.
protocol ConvolutionAlgorithm: Sendable {
  /// What is free to choose.
  associatedtype Parameters: AlgorithmParameters

  /// The name in tuning files, in what `DELTACL_VERBOSE` prints and where a plan is chosen; no two have the same.
  static var name: String { get }
  /// Whether every result is the sum of the definition's products, so that sums of integers are exact.
  static var isExact: Bool { get }

  /// - Throws: ``Refusal`` if the algorithm cannot do the pass.
  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal)

  /// Why the algorithms after it in the list take less time; `nil` if it is the fastest of them.
  var drawback: Refusal? { get }

  /// Why parameters cannot be chosen on the planner's device; `nil` if they can.
  func refusal(of parameters: Parameters) -> Refusal?

  /// Parameters that are worth a measurement, the most promising ones first.
  var candidates: [Parameters] { get }

  /// The launches of the pass; those that store its result apply the epilogue.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) if scratch would be too large to index.
  func launches(
    _ parameters: Parameters, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList
}

extension ConvolutionAlgorithm {
  static var isExact: Bool { true }

  var drawback: Refusal? { nil }

  func refusal(of parameters: Parameters) -> Refusal? { nil }

  /// Why a choice of parameters cannot be made; those that belong to another algorithm are left to the default.
  func refusal(choosing parameters: (any AlgorithmParameters)?) -> Refusal? {
    (parameters as? Parameters).flatMap { refusal(of: $0) }
  }

  var candidates: [Parameters] { [Parameters()] }

  /// The launches by a choice of parameters; those that belong to another algorithm are left to the default.
  func launches(
    choosing parameters: (any AlgorithmParameters)?, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    try launches(parameters as? Parameters ?? Parameters(), epilogue)
  }

  /// The candidates as choices.
  var choices: [PlanChoice] { candidates.map { PlanChoice(Self.self, $0) } }

  /// What a file's parameters mean.
  static func parameters(from decoder: any Decoder) throws -> any AlgorithmParameters {
    try Parameters(from: decoder)
  }

  /// The choice that leaves all parameters to the algorithm.
  static var defaultChoice: PlanChoice { PlanChoice(Self.self) }
}
