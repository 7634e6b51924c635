import OpenCL

/// A shaped handle on elements that live on a backend's device.
public final class Tensor: Sendable {
  /// The extents, outermost first.
  public let shape: Shape
  /// The elements.
  public let storage: any Storage

  /// Wraps elements that exist.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) if the shape has another number of elements.
  public init(_ storage: any Storage, shape: Shape) throws {
    try shape.validate("tensor")
    guard storage.count == shape.elementCount else {
      throw DeltaCLError(
        .mismatch, "a tensor of shape \(shape) needs \(shape.elementCount) elements, not \(storage.count)")
    }
    self.shape = shape
    self.storage = storage
  }

  /// Allocates a tensor whose contents are undefined.
  public convenience init(
    uninitialized shape: Shape, _ elementType: ElementType = .float32, on backend: some Backend
  ) throws {
    try shape.validate("tensor")
    try self.init(backend.allocate(elementType, count: shape.elementCount), shape: shape)
  }

  /// Copies values to the device. Literals make a `float32` tensor; `[Int32]` values make one of `int32`.
  public convenience init(_ values: [Float], shape: Shape, on backend: some Backend) throws {
    try self.init(uninitialized: shape, .float32, on: backend)
    try write(values)
  }

  /// Copies values to the device.
  @_disfavoredOverload
  public convenience init(_ values: [Int32], shape: Shape, on backend: some Backend) throws {
    try self.init(uninitialized: shape, .int32, on: backend)
    try write(values)
  }

  /// The type of the elements.
  public var elementType: ElementType { storage.elementType }

  /// Replaces all elements.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type or number of values.
  public func write(_ values: [Float]) throws {
    try write(values, .float32)
  }

  /// Replaces all elements.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type or number of values.
  @_disfavoredOverload
  public func write(_ values: [Int32]) throws {
    try write(values, .int32)
  }

  /// Waits for the device and copies all elements of a `float32` tensor.
  public func floats() throws -> [Float] {
    try read(.float32, zero: Float(0))
  }

  /// Waits for the device and copies all elements of an `int32` tensor.
  public func int32s() throws -> [Int32] {
    try read(.int32, zero: Int32(0))
  }

  private func write<Element: BitwiseCopyable>(_ values: [Element], _ elementType: ElementType) throws {
    try require(elementType)
    guard values.count == storage.count else {
      throw DeltaCLError(.mismatch, "a tensor of shape \(shape) takes \(storage.count) values, not \(values.count)")
    }
    if values.isEmpty { return }
    let memory = try HostMemory(byteCount: values.count * elementType.byteCount)
    memory.withUnsafeMutableBytes { destination in
      values.withUnsafeBytes { destination.copyMemory(from: $0) }
    }
    try storage.write(memory)
  }

  private func read<Element: BitwiseCopyable>(_ elementType: ElementType, zero: Element) throws -> [Element] {
    try require(elementType)
    var values = [Element](repeating: zero, count: storage.count)
    if values.isEmpty { return values }
    try values.withUnsafeMutableBytes { try storage.read(into: $0) }
    return values
  }

  func require(_ elementType: ElementType) throws {
    guard storage.elementType == elementType else {
      throw DeltaCLError(
        .mismatch, "the tensor of shape \(shape) has \(storage.elementType) elements, not \(elementType)")
    }
  }
}
