import DeltaCLSystem

/// The extents of a tensor, outermost first: `[N, H, W, C]` for activations, `[K, R, S, C / groups]` for kernels.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The most elements a tensor may have. Kernels index with 32-bit integers; the margin leaves room for the last,
  /// partly filled tile.
  public static let maximumElementCount = Int(Int32.max) - 65_536

  /// The extents, outermost first; empty for a scalar.
  public let dimensions: [Int]

  /// Creates a shape; extents are checked where a tensor or a descriptor is made from it.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// Creates a shape from its extents, outermost first.
  public init(arrayLiteral elements: Int...) {
    dimensions = elements
  }

  /// The number of elements; `Int.max` if the product overflows, so that no check against a limit passes by accident.
  public var elementCount: Int {
    if dimensions.contains(0) { return 0 }
    return dimensions.reduce(1) { product, extent in
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? Int.max : result
    }
  }

  /// Throws if an extent is negative or the number of elements is over ``maximumElementCount``.
  func validate(_ what: @autoclosure () -> String) throws(DeltaCLError) {
    guard dimensions.allSatisfy({ $0 >= 0 }) else {
      throw DeltaCLError(.invalidDescriptor, "\(what()) has the shape \(self): extents must not be negative")
    }
    guard elementCount <= Shape.maximumElementCount else {
      throw DeltaCLError(
        .tooLarge,
        "\(what()) of shape \(self) has more than \(Shape.maximumElementCount) elements: use a smaller batch or image")
    }
  }

  /// Such as `[64, 28, 28, 1]`; of very many extents, the first.
  public var description: String {
    "[\(Excerpt.list(dimensions))]"
  }
}
