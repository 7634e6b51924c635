/// Where matrices are computed.
protocol Engine: AnyObject, CustomStringConvertible {
  /// The elements of a matrix, row by row, as the engine holds them.
  associatedtype Values

  func values(_ floats: [Float], _ extents: Extents) throws -> Values
  func floats(_ values: Values) throws -> [Float]

  /// What a formula makes of inputs, which are broadcast to the result.
  func elementwise(_ formula: Formula, _ inputs: [(Values, Extents)], _ result: Extents) throws -> Values

  /// The matrix product, of which either factor may be given transposed.
  func product(
    _ a: (Values, Extents), transposed: Bool, _ b: (Values, Extents), transposed: Bool
  ) throws -> Values

  /// The sums along the rows or columns of which the result has one only.
  func sum(_ x: (Values, Extents), _ result: Extents) throws -> Values
}
