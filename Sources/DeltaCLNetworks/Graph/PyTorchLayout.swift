public import DeltaCL

/// How PyTorch's tensor of the same name holds the elements of a parameter or statistic.
///
/// Here channels are innermost, in PyTorch they come before rows and columns. So kernels `[K, R, S, C / groups]` are
/// `[K, C / groups, R, S]` there, and what belongs to the features of a flattened image runs over channels, rows and columns instead of
/// rows, columns and channels.
public struct PyTorchLayout: Hashable, Sendable {
  /// The shape of PyTorch's tensor.
  public let shape: Shape
  /// The extents of the elements as they lie here, outermost first.
  private let extents: [Int]
  /// For each axis in PyTorch, outermost first, which of the extents it is.
  private let axes: [Int]

  /// Element for element as here.
  public static func same(_ shape: Shape) -> PyTorchLayout {
    PyTorchLayout(shape: shape, extents: [shape.elementCount], axes: [0])
  }

  /// The last axis comes second there, as the channels of kernels `[K, R, S, C / groups]` do.
  public static func channelsSecond(_ shape: Shape) -> PyTorchLayout {
    let extents = shape.dimensions
    guard extents.count > 2 else { return .same(shape) }
    let axes = [0, extents.count - 1] + (1..<extents.count - 1)
    return PyTorchLayout(shape: Shape(axes.map { extents[$0] }), extents: extents, axes: axes)
  }

  /// The last axis runs over the features of an image, such as the columns of the weights `[Out, H * W * C]` that follow a
  /// ``Flatten`` layer.
  ///
  /// - Parameters:
  ///   - shape: The shape, the same here and there.
  ///   - image: The extents of the image, the channels last.
  public static func features(_ shape: Shape, of image: [Int]) -> PyTorchLayout {
    let rows = shape.elementCount / max(1, image.reduce(1, *))
    let axes = [0, image.count] + (1..<max(1, image.count))
    return PyTorchLayout(shape: shape, extents: [rows] + image, axes: axes)
  }

  /// The elements in PyTorch's order, from those in the order of this library.
  public func toPyTorch(_ values: [Float]) -> [Float] {
    let strides = Self.strides(of: extents)
    return Self.gather(values, extents: axes.map { extents[$0] }, strides: axes.map { strides[$0] })
  }

  /// The elements in the order of this library, from those in PyTorch's.
  public func fromPyTorch(_ values: [Float]) -> [Float] {
    let strides = Self.strides(of: axes.map { extents[$0] })
    var places = [Int](repeating: 0, count: axes.count)
    for (place, axis) in axes.enumerated() { places[axis] = place }
    return Self.gather(values, extents: extents, strides: places.map { strides[$0] })
  }

  /// The distance between neighbours on each axis, where the last is innermost.
  private static func strides(of extents: [Int]) -> [Int] {
    var stride = 1
    return extents.reversed().map { extent in
      defer { stride *= extent }
      return stride
    }.reversed()
  }

  /// The elements at strides, the last axis innermost.
  private static func gather(_ values: [Float], extents: [Int], strides: [Int]) -> [Float] {
    guard strides != Self.strides(of: extents), !values.isEmpty, let extent = extents.last, let stride = strides.last
    else { return values }
    return [Float](unsafeUninitializedCapacity: values.count) { output, count in
      values.withUnsafeBufferPointer { values in
        var indices = [Int](repeating: 0, count: extents.count - 1)
        while count < values.count {
          var position = zip(indices, strides).reduce(0) { $0 + $1.0 * $1.1 }
          for _ in 0..<extent {
            output.initializeElement(at: count, to: values[position])
            position += stride
            count += 1
          }
          for axis in indices.indices.reversed() {
            indices[axis] += 1
            if indices[axis] < extents[axis] { break }
            indices[axis] = 0
          }
        }
      }
    }
  }
}
