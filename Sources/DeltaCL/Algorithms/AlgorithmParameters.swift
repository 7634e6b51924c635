/// What is free to choose for an algorithm. What is `nil` is left to the algorithm, and so is a value that does not fit the shapes.
protocol AlgorithmParameters: Codable, Hashable, Sendable {
  /// Everything is left to the algorithm.
  init()

  /// Each value that was chosen, such as `tile 12x2x16`.
  var details: [String] { get }

  /// - Throws: ``DeltaCLError`` (`invalidArgument`) where a value is outside of what any kernel can be built for.
  func validate() throws(DeltaCLError)
}

extension AlgorithmParameters {
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) where `value` is given and not possible.
  static func require(
    _ name: String, _ value: Int?, _ isPossible: (Int) -> Bool, _ rule: String
  ) throws(DeltaCLError) {
    guard let value, !isPossible(value) else { return }
    throw DeltaCLError(.invalidArgument, "plan choice: \(name) \(value) must be \(rule)")
  }
}

/// The parameters of an algorithm without any.
struct NoParameters: AlgorithmParameters {
  var details: [String] { [] }

  func validate() throws(DeltaCLError) {}
}
