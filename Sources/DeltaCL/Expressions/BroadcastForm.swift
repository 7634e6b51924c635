/// How the elements of some inputs are repeated for those of a result: NumPy's broadcasting, in as few axes as possible.
///
/// Neighbouring axes along which the same inputs vary are one axis, so that shapes of many forms share a program.
struct BroadcastForm: Hashable, Sendable {
  /// The extents of the result, outermost first; at least one.
  private(set) var extents: [Int] = []
  /// Along which axes each input varies.
  private(set) var variations: [[Bool]]

  /// The shape in which shapes meet: extents are aligned at the innermost axis, and one of 1 is repeated.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) where two extents differ and none is 1.
  static func shape(of inputs: [Shape], _ what: @autoclosure () -> String) throws(DeltaCLError) -> Shape {
    let rank = inputs.map(\.dimensions.count).max() ?? 0
    var dimensions = [Int](repeating: 1, count: rank)
    for input in inputs {
      for (axis, extent) in zip((rank - input.dimensions.count)..<rank, input.dimensions) where extent != 1 {
        guard dimensions[axis] == 1 || dimensions[axis] == extent else {
          let shapes = inputs.map(\.description).joined(separator: ", ")
          throw DeltaCLError(
            .mismatch,
            "\(what()): the shapes \(shapes) do not broadcast: extents must be equal, or one of them 1, not "
              + "\(dimensions[axis]) and \(extent)")
        }
        dimensions[axis] = extent
      }
    }
    return Shape(dimensions)
  }

  /// - Parameters:
  ///   - inputs: Shapes that can be broadcast to `shape`.
  ///   - shape: The result's.
  init(_ inputs: [Shape], to shape: Shape) {
    let rank = shape.dimensions.count
    variations = inputs.map { _ in [] }
    var last: [Bool]?
    for (axis, extent) in shape.dimensions.enumerated() where extent != 1 {
      let varies = inputs.map { input in
        let own = axis - (rank - input.dimensions.count)
        return own >= 0 && input.dimensions[own] != 1
      }
      if varies == last {
        // Beside an extent of 0 others may be so large that their product overflows.
        extents[extents.count - 1] = Shape([extents[extents.count - 1], extent]).elementCount
      } else {
        extents.append(extent)
        for (index, varies) in varies.enumerated() { variations[index].append(varies) }
        last = varies
      }
    }
    if extents.isEmpty {
      extents = [1]
      variations = inputs.map { _ in [true] }
    }
  }

  /// The extent of the innermost axis.
  var length: Int { extents[extents.count - 1] }
  /// The product of the others.
  var rows: Int { extents.dropLast().reduce(1, *) }

  /// The position in each input of an element of the result.
  func positions(of element: Int) -> [Int] {
    var remainder = element
    var indices: [Int] = []
    for extent in extents.reversed() {
      indices.append(remainder % extent)
      remainder /= extent
    }
    indices.reverse()
    return variations.map { varies in
      zip(zip(extents, indices), varies).reduce(0) { position, axis in
        axis.1 ? position * axis.0.0 + axis.0.1 : position
      }
    }
  }
}
