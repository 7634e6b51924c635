/// A number of work-items along one, two or three dimensions.
public struct WorkSize: Hashable, Sendable, CustomStringConvertible {
  /// How many dimensions there are: 1, 2 or 3.
  public let dimensions: Int
  // Three sizes side by side, so that OpenCL reads them in place.
  let sizes: (x: Int, y: Int, z: Int)

  /// One dimension.
  public init(_ x: Int) {
    dimensions = 1
    sizes = (x, 1, 1)
  }

  /// Two dimensions; `x` varies fastest.
  public init(_ x: Int, _ y: Int) {
    dimensions = 2
    sizes = (x, y, 1)
  }

  /// Three dimensions; `x` varies fastest.
  public init(_ x: Int, _ y: Int, _ z: Int) {
    dimensions = 3
    sizes = (x, y, z)
  }

  /// The size along dimension 0.
  public var x: Int { sizes.x }
  /// The size along dimension 1, 1 if there is none.
  public var y: Int { sizes.y }
  /// The size along dimension 2, 1 if there is none.
  public var z: Int { sizes.z }

  /// The product of the sizes; nil if it overflows.
  public var count: Int? {
    let (plane, planeOverflow) = x.multipliedReportingOverflow(by: y)
    let (volume, volumeOverflow) = plane.multipliedReportingOverflow(by: z)
    return planeOverflow || volumeOverflow ? nil : volume
  }

  /// The least multiple of `local`, dimension by dimension, that covers this size; nil if it overflows.
  public func roundedUp(toMultipleOf local: WorkSize) -> WorkSize? {
    func roundUp(_ size: Int, _ step: Int) -> Int? {
      guard step > 0, size >= 0 else { return nil }
      let remainder = size % step
      guard remainder > 0 else { return size }
      let (sum, overflow) = size.addingReportingOverflow(step - remainder)
      return overflow ? nil : sum
    }
    guard dimensions == local.dimensions, let x = roundUp(x, local.x), let y = roundUp(y, local.y),
      let z = roundUp(z, local.z)
    else { return nil }
    return WorkSize(dimensions: dimensions, sizes: (x, y, z))
  }

  private init(dimensions: Int, sizes: (x: Int, y: Int, z: Int)) {
    self.dimensions = dimensions
    self.sizes = sizes
  }

  /// Whether dimensions and sizes are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.dimensions == right.dimensions && left.sizes == right.sizes
  }

  /// Hashes dimensions and sizes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dimensions)
    hasher.combine(x)
    hasher.combine(y)
    hasher.combine(z)
  }

  /// The sizes, such as `64x8`.
  public var description: String {
    [x, y, z].prefix(dimensions).map(String.init).joined(separator: "x")
  }

  @inline(__always)
  func withUnsafeSizes<Result>(_ body: (UnsafePointer<Int>) -> Result) -> Result {
    withUnsafeBytes(of: sizes) { bytes in
      body(bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Int.self))
    }
  }
}
