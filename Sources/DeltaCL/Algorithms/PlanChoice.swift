/// An algorithm and what is chosen of its parameters, for a convolution, a dense layer, or their deltas and gradients.
///
/// All choices compute the same operation, but may round it differently. As JSON it is an object of `algorithm` and `parameters`.
public struct PlanChoice: Sendable {
  /// The algorithm's name, such as `winograd`.
  public let algorithm: String
  let parameters: any AlgorithmParameters

  init<Algorithm: ConvolutionAlgorithm>(
    _ algorithm: Algorithm.Type, _ parameters: Algorithm.Parameters = Algorithm.Parameters()
  ) {
    self.algorithm = algorithm.name
    self.parameters = parameters
  }

  /// The sum of the definition, with the planner's default parameters.
  public static let direct = PlanChoice(DirectSum.self)

  /// Whether sums of integers are exact.
  public var isExact: Bool { Planner.algorithm(named: algorithm)?.isExact ?? false }

  /// Throws if a value is outside of what any kernel can be built for, whatever the operation.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`).
  public func validate() throws(DeltaCLError) { try parameters.validate() }
}

extension PlanChoice: Hashable {
  /// Whether both name the same algorithm with the same parameters.
  public static func == (a: PlanChoice, b: PlanChoice) -> Bool {
    a.algorithm == b.algorithm && AnyHashable(a.parameters) == AnyHashable(b.parameters)
  }

  /// Hashes the algorithm and its parameters.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(algorithm)
    hasher.combine(AnyHashable(parameters))
  }
}

extension PlanChoice: Codable {
  private enum CodingKeys: CodingKey {
    case algorithm
    case parameters
  }

  /// - Throws: `DecodingError`, also for an algorithm that there is not.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    algorithm = try container.decode(String.self, forKey: .algorithm)
    guard let type = Planner.algorithm(named: algorithm) else {
      throw DecodingError.dataCorruptedError(
        forKey: .algorithm, in: container, debugDescription: "there is no algorithm '\(algorithm)'")
    }
    parameters = try type.parameters(from: container.superDecoder(forKey: .parameters))
  }

  /// Writes an object of `algorithm` and `parameters`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(algorithm, forKey: .algorithm)
    try parameters.encode(to: container.superEncoder(forKey: .parameters))
  }
}

extension PlanChoice: CustomStringConvertible {
  /// Such as `direct, tile 12x2x16, split-K 32`.
  public var description: String { ([algorithm] + parameters.details).joined(separator: ", ") }
}
