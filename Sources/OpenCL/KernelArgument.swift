import COpenCL

/// What can be an argument of a kernel: `Buffer`, `Buffer?`, `LocalMemory` and the fixed-size numbers.
///
/// `Int` cannot, since its size is not that of OpenCL's `int`.
public protocol KernelArgument {
  /// Binds the value to argument `index` of `kernel`.
  func bind(to kernel: Kernel, at index: Int) throws
}

/// Local memory of a work-group, given to a kernel as a `local` pointer.
public struct LocalMemory: KernelArgument, Hashable, Sendable {
  /// The size in bytes.
  public let byteCount: Int

  /// Local memory of `byteCount` bytes.
  public init(byteCount: Int) {
    self.byteCount = byteCount
  }

  /// Binds the local memory to argument `index` of `kernel`.
  public func bind(to kernel: Kernel, at index: Int) throws {
    try kernel.bind(self, at: index)
  }
}

extension Buffer: KernelArgument {
  /// Binds the buffer to argument `index` of `kernel`, which keeps it.
  public func bind(to kernel: Kernel, at index: Int) throws {
    try kernel.bind(self, at: index)
  }
}

/// A buffer that may be missing: nil is a null pointer in the kernel.
extension Optional: KernelArgument where Wrapped == Buffer {
  /// Binds the buffer, or a null pointer, to argument `index` of `kernel`.
  public func bind(to kernel: Kernel, at index: Int) throws {
    try kernel.bind(self, at: index)
  }
}

/// A number that a kernel takes by value.
public protocol KernelScalar: KernelArgument, BitwiseCopyable {}

extension KernelScalar {
  /// Binds the number to argument `index` of `kernel`.
  public func bind(to kernel: Kernel, at index: Int) throws {
    try kernel.bind(scalar: self, at: index)
  }
}

extension Int8: KernelScalar {}
extension Int16: KernelScalar {}
extension Int32: KernelScalar {}
extension Int64: KernelScalar {}
extension UInt8: KernelScalar {}
extension UInt16: KernelScalar {}
extension UInt32: KernelScalar {}
extension UInt64: KernelScalar {}
extension Float: KernelScalar {}
extension Double: KernelScalar {}
