/// What the reference of a ``CustomOperation`` computes from: the elements of the operands that are read or updated.
public struct CustomValues: Sendable {
  /// The extents of the operands, those that follow from others included.
  public let axes: CustomAxes
  let elements: [String: [Double]]

  /// The elements of an operand, the innermost axis fastest; also those of `int32` operands.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if no operand of that name is read or updated.
  public subscript(name: String) -> [Double] {
    get throws(DeltaCLError) {
      guard let values = elements[name] else {
        throw DeltaCLError(.invalidArgument, "the operation reads no operand \(name)")
      }
      return values
    }
  }
}
