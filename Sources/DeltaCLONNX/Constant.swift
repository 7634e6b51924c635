import DeltaCLSystem

/// A tensor that is known before a model runs: weights, or shapes and what is calculated with them.
struct Constant: Hashable, Sendable {
  enum Elements: Hashable, Sendable {
    case floats([Float])
    case integers([Int64])
  }

  /// The extents in ONNX's order.
  let shape: [Int]
  let elements: Elements

  init(shape: [Int], floats: [Float]) {
    self.shape = shape
    elements = .floats(floats)
  }

  init(shape: [Int], integers: [Int64]) {
    self.shape = shape
    elements = .integers(integers)
  }

  var count: Int {
    switch elements {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  var floats: [Float]? { if case .floats(let values) = elements { values } else { nil } }

  /// The integers as numbers to count with; `nil` of floats.
  var integers: [Int64]? { if case .integers(let values) = elements { values } else { nil } }

  /// The same elements with other extents, whose product is the same.
  func reshaped(_ shape: [Int]) -> Constant {
    switch elements {
    case .floats(let values): Constant(shape: shape, floats: values)
    case .integers(let values): Constant(shape: shape, integers: values)
    }
  }

  /// The elements at these positions.
  func taking(_ positions: [Int], shape: [Int]) -> Constant {
    switch elements {
    case .floats(let values): Constant(shape: shape, floats: positions.map { values[$0] })
    case .integers(let values): Constant(shape: shape, integers: positions.map { values[$0] })
    }
  }

  /// The axes in another order: axis `a` of the result is axis `axes[a]` of this.
  func transposed(_ axes: [Int]) -> Constant {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    var positions = [0]
    for axis in axes {
      positions = positions.flatMap { base in (0..<shape[axis]).map { base + $0 * strides[axis] } }
    }
    return taking(positions, shape: axes.map { shape[$0] })
  }

  /// The number of elements of a shape; `nil` if an extent is negative, or there are more than a tensor may have or would be if no
  /// extent were 0, so that no product of some of them overflows.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      guard extent >= 0, extent <= Int(Int32.max) else { return nil }
      count *= max(1, extent)
      guard count <= Int(Int32.max) else { return nil }
    }
    return shape.contains(0) ? 0 : count
  }
}
