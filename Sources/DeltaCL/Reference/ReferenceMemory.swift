import Foundation

/// The memory that a storage and its slices share.
///
/// Unchecked because the compiler cannot see that all access happens within ``ReferenceBackend/withQueue(_:)``.
final class ReferenceMemory: @unchecked Sendable {
  enum Elements {
    case float32(UnsafeMutableBufferPointer<Double>)
    case int32(UnsafeMutableBufferPointer<Int32>)
  }

  let elements: Elements

  /// Allocates elements and fills them with values that cannot be mistaken for results.
  init(_ elementType: ElementType, count: Int) throws(DeltaCLError) {
    switch elementType {
    case .float32: elements = .float32(try Self.allocate(count, filledWith: .nan))
    case .int32: elements = .int32(try Self.allocate(count, filledWith: .min))
    }
  }

  deinit {
    switch elements {
    case .float32(let elements): free(elements.baseAddress)
    case .int32(let elements): free(elements.baseAddress)
    }
  }

  var elementType: ElementType {
    switch elements {
    case .float32: .float32
    case .int32: .int32
    }
  }

  /// Unlike `UnsafeMutableBufferPointer.allocate`, `malloc` reports that memory ran out.
  private static func allocate<Element: BitwiseCopyable>(
    _ count: Int, filledWith value: Element
  ) throws(DeltaCLError) -> UnsafeMutableBufferPointer<Element> {
    if count == 0 { return UnsafeMutableBufferPointer(start: nil, count: 0) }
    let byteCount = count * MemoryLayout<Element>.stride
    guard let memory = malloc(byteCount) else {
      throw DeltaCLError(
        .outOfMemory, "the reference backend cannot allocate \(byteCount) bytes: use a smaller batch or network")
    }
    let elements = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    elements.initialize(repeating: value)
    return elements
  }
}
