import DeltaCL
import DeltaCLSystem

/// Where each parameter of a network, or each parameter and statistic, lies in one contiguous storage.
struct ParameterLayout: Sendable {
  /// A parameter and its place.
  struct Slot: Sendable {
    let name: String
    let shape: Shape
    let offset: Int

    var elements: Range<Int> { offset..<offset + shape.elementCount }
  }

  let slots: [Slot]
  /// The elements of the storage, gaps between parameters included.
  let count: Int
  private let indices: [String: Int]

  init(_ parameters: [Graph.Entry], alignment: Int) {
    var offset = 0
    slots = parameters.map { parameter in
      let slot = Slot(name: parameter.name, shape: parameter.value.shape, offset: offset)
      offset = slot.elements.upperBound.rounded(upTo: alignment)
      return slot
    }
    count = slots.last?.elements.upperBound ?? 0
    indices = Dictionary(slots.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The index of a parameter in ``slots``.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if no parameter has the name.
  func index(of name: String) throws(NetworkError) -> Int {
    guard let index = indices[name] else {
      throw NetworkError(
        .mismatchedParameters,
        "there is no parameter named \(Excerpt.quoted(name)); known are \(Excerpt.list(slots.map(\.name)))")
    }
    return index
  }

  /// Copies the values of a slot from tensors that are exactly the parameters of this layout.
  func copying(
    _ tensors: [String: (shape: Shape, values: [Float])]
  ) -> (_ slot: Int, UnsafeMutableBufferPointer<Float>) -> Void {
    { index, destination in
      if let values = tensors[slots[index].name]?.values { _ = destination.update(fromContentsOf: values) }
    }
  }

  /// Throws if `tensors` are not exactly the parameters of this layout, with all that differs.
  func validate(_ tensors: [String: (shape: Shape, values: [Float])]) throws(NetworkError) {
    try ParameterDifferences(
      wanted: slots.map { ($0.name, $0.shape) }, found: tensors.mapValues { ($0.shape, $0.values.count) }
    ).check()
  }
}
