import DeltaCL
import DeltaCLNetworks
import DeltaCLSystem

/// What moves elements, or only sees them with another shape.
extension Operators {
  static let layout: [String: Lower] = [
    "Identity": { node, lowering in try lowering.set(node, lowering.value(node, 0)) },
    "Dropout": { node, lowering in
      guard node.outputs.count == 1 else { throw node.unsupported("the mask is not computed here") }
      try lowering.set(node, lowering.value(node, 0))
    },
    "Flatten": { node, lowering in
      let x = try lowering.value(node, 0)
      let given = try node.integer("axis") ?? 1
      let axis = given < 0 ? given + x.shape.count : given
      guard (0...x.shape.count).contains(axis) else {
        throw node.malformed("there is no axis \(given) of the shape [\(Excerpt.list(x.shape))]")
      }
      try reshape(node, x, [x.shape[..<axis].reduce(1, *), x.shape[axis...].reduce(1, *)], &lowering)
    },
    "Reshape": { node, lowering in
      let x = try lowering.value(node, 0)
      guard var shape = try lowering.knownIntegers(node, 1, "the shape") else { throw node.malformed("has no shape") }
      let keepsZeros = try node.flag("allowzero")
      for (index, extent) in shape.enumerated() where extent == 0 && !keepsZeros {
        guard index < x.shape.count else {
          throw node.malformed("extent \(index) is 0, and the input has none to take")
        }
        shape[index] = x.shape[index]
      }
      if let open = shape.firstIndex(of: -1) {
        shape[open] = 1
        let count = x.shape.reduce(1, *)
        guard let known = Constant.count(of: shape), known > 0, count % known == 0 else {
          throw node.malformed("\(count) elements have no shape [\(Excerpt.list(shape))] with one open extent")
        }
        shape[open] = count / known
      }
      try reshape(node, x, shape, &lowering)
    },
    "Squeeze": { node, lowering in
      let x = try lowering.value(node, 0)
      let given = try node.integers("axes") ?? lowering.knownIntegers(node, 1, "the axes")
      let axes = try given?.map { try axis(node, $0, of: x.shape) } ?? x.shape.indices.filter { x.shape[$0] == 1 }
      guard axes.allSatisfy({ x.shape[$0] == 1 }) else {
        throw node.malformed("an axis of [\(Excerpt.list(axes))] is not 1 in the shape [\(Excerpt.list(x.shape))]")
      }
      try reshape(node, x, x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }, &lowering)
    },
    "Unsqueeze": { node, lowering in
      let x = try lowering.value(node, 0)
      let given = try node.integers("axes") ?? lowering.knownIntegers(node, 1, "the axes") ?? []
      let rank = x.shape.count + given.count
      let axes = try Set(given.map { try axis(node, $0, of: [Int](repeating: 1, count: rank)) })
      guard axes.count == given.count else { throw node.malformed("an axis is there twice") }
      var extents = x.shape[...]
      try reshape(node, x, (0..<rank).map { axes.contains($0) ? 1 : extents.removeFirst() }, &lowering)
    },
    "Transpose": { node, lowering in
      let x = try lowering.value(node, 0)
      let order = try node.integers("perm") ?? x.shape.indices.reversed()
      guard order.sorted() == Array(x.shape.indices) else {
        throw node.malformed("perm is [\(Excerpt.list(order))] and must have each of the \(x.shape.count) axes once")
      }
      if case .constant(let constant) = x { return try lowering.set(node, .constant(constant.transposed(order))) }
      let copy = try StridedCopy.transpose(Shape(x.shape), axes: order)
      let y = try lowering.append(node, .stridedCopy(copy), lowering.inOrder(node, x))
      try lowering.set(node, y, order.map { x.shape[$0] })
    },
    "Concat": concat,
    "Slice": slice,
  ]

  /// Sees a value with another shape; images keep their order where only the batch stays apart.
  private static func reshape(
    _ node: Node, _ x: LoweredValue, _ shape: [Int], _ lowering: inout Lowering
  ) throws {
    guard let count = Constant.count(of: shape), count == x.shape.reduce(1, *) else {
      throw node.malformed("the shape [\(Excerpt.list(x.shape))] cannot be seen as [\(Excerpt.list(shape))]")
    }
    switch x {
    case .constant(let constant): try lowering.set(node, .constant(constant.reshaped(shape)))
    case .tensor(let tensor):
      let image = Array(tensor.shape.dropFirst())
      let isFlattening = tensor.layout == .channelsLast && shape.count == 2 && shape[0] == tensor.shape[0]
      if isFlattening, image[0] > 1, image[1] * image[2] > 1 {
        return try lowering.set(node, tensor.value.reshaped(Shape(shape)), shape, .flattened(image))
      }
      try lowering.set(node, lowering.inOrder(node, x).reshaped(Shape(shape)), shape)
    }
  }

  private static func concat(_ node: Node, _ lowering: inout Lowering) throws {
    let known = lowering
    let values = try node.inputs.indices.map { try known.value(node, $0) }
    guard let first = values.first, let given = try node.integer("axis") else {
      throw node.malformed("needs an input and the attribute axis")
    }
    let axis = try self.axis(node, given, of: first.shape)
    let lists = values.compactMap { value -> [Int64]? in
      if case .constant(let constant) = value, constant.shape.count == 1 { constant.integers } else { nil }
    }
    if lists.count == values.count {
      let all = lists.flatMap(\.self)
      return try lowering.set(node, .constant(Constant(shape: [all.count], integers: all)))
    }
    let isImage = values.contains { if case .tensor(let tensor) = $0 { tensor.layout == .channelsLast } else { false } }
    var inputs: [GraphValue] = []
    for value in values {
      inputs.append(isImage ? try lowering.channelsLast(node, value) : try lowering.inOrder(node, value))
    }
    let joined = try Concatenation(inputs.map(\.shape), axis: isImage ? [0, 3, 1, 2][axis] : axis)
    var shape = first.shape
    shape[axis] = joined.outputShape.dimensions[joined.axis]
    try lowering.set(node, lowering.append(node, .concat(joined), inputs), shape, isImage ? .channelsLast : .same)
  }

  private static func slice(_ node: Node, _ lowering: inout Lowering) throws {
    let x = try lowering.value(node, 0)
    func numbers(_ name: String, _ index: Int) throws -> [Int]? {
      try node.integers(name) ?? lowering.knownIntegers(node, index, name)
    }
    guard let starts = try numbers("starts", 1), let ends = try numbers("ends", 2) else {
      throw node.malformed("has no starts and ends")
    }
    // Places beyond any axis are all the same, and leave room to calculate with them.
    let limit = Int(Int32.max)
    func bounded(_ places: [Int]) -> [Int] { places.map { min(limit, max(-limit, $0)) } }
    let steps = try numbers("steps", 4).map(bounded)
    let copy = try StridedCopy.slice(
      Shape(x.shape), starts: bounded(starts), ends: bounded(ends), steps: steps, axes: try numbers("axes", 3))
    let shape = copy.outputShape.dimensions
    if case .constant(let constant) = x, constant.shape.count == 1, let given = starts.first {
      let step = steps?.first ?? 1
      let start = bounded([given])[0]
      let first = min(
        step > 0 ? constant.count : constant.count - 1, max(0, start < 0 ? start + constant.count : start))
      let places = (0..<shape[0]).map { first + $0 * step }
      return try lowering.set(node, .constant(constant.taking(places, shape: shape)))
    }
    try lowering.set(node, lowering.append(node, .stridedCopy(copy), lowering.inOrder(node, x)), shape)
  }
}
