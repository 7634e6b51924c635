/// The free parameters of an algorithm, which chooses those that are `nil` or whose value does not fit the shapes.
protocol AlgorithmParameters: Codable, Hashable, Sendable {
  /// Leaves everything to the algorithm.
  init()

  /// Each value that was chosen, such as `tile 12x2x16`.
  var details: [String] { get }

  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if a value is outside of what any kernel can be built for.
  func validate() throws(DeltaCLError)
}

extension AlgorithmParameters {
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if `value` is given and not possible.
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
