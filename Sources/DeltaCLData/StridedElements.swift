import DeltaCLSystem
import Glibc

/// Elements at regular distances in a run of bytes, such as a part of a tensor or one whose axes were exchanged.
struct StridedElements {
  /// The bytes of an element.
  let elementSize: Int
  /// The sizes, outermost first.
  let shape: [Int]
  /// The distance between neighbours on each axis, in elements; not negative.
  let strides: [Int]
  /// Where the first element is.
  let offset: Int

  /// The strides of a tensor whose last axis is innermost; of the first axis if `isReversed`.
  static func strides(of shape: [Int], isReversed: Bool = false) -> [Int] {
    var stride = 1
    let extents = isReversed ? shape : shape.reversed()
    let strides = extents.map { extent in
      defer { stride = stride.multipliedReportingOverflow(by: extent).partialValue }
      return stride
    }
    return isReversed ? strides : strides.reversed()
  }

  /// The bytes of all elements, or nil if they overflow.
  private var byteCount: Int? {
    var count = elementSize
    for extent in shape {
      let product = count.multipliedReportingOverflow(by: extent)
      if product.overflow || extent < 0 { return nil }
      count = product.partialValue
    }
    return count
  }

  /// Throws unless every element lies within `count` elements.
  func validate(count: Int, name: String) throws(DataError) {
    var last = offset
    var isPossible = offset >= 0 && shape.count == strides.count && byteCount != nil
    for (extent, stride) in zip(shape, strides) where extent > 0 {
      let reach = (extent - 1).multipliedReportingOverflow(by: stride)
      let sum = last.addingReportingOverflow(reach.partialValue)
      isPossible = isPossible && stride >= 0 && !reach.overflow && !sum.overflow
      last = sum.partialValue
    }
    guard isPossible, shape.contains(0) || last < count else {
      throw DataError(
        .malformed, name,
        "has the shape [\(Excerpt.list(shape))] with the strides [\(Excerpt.list(strides))] from element \(offset) on, which is "
          + "not within its \(count) elements")
    }
  }

  /// The elements of `bytes`, the last axis innermost. They must have been validated.
  ///
  /// - Throws: `DataError` `tooLarge` if memory has no room for them.
  func rowMajor(_ bytes: [UInt8], name: String) throws(DataError) -> [UInt8] {
    guard let byteCount, byteCount > 0 else { return [] }
    if strides == Self.strides(of: shape) {
      if byteCount == bytes.count { return bytes }
      return Array(bytes[offset * elementSize..<offset * elementSize + byteCount])
    }
    try FileSystem.requireMemory(byteCount, for: name)
    let innerExtent = shape.last ?? 1
    let innerStride = (strides.last ?? 1) * elementSize
    return [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
      bytes.withUnsafeBytes { input in
        guard let input = input.baseAddress, let output = UnsafeMutableRawPointer(output.baseAddress) else { return }
        var indices = [Int](repeating: 0, count: max(0, shape.count - 1))
        var written = 0
        while written < byteCount {
          var position = (offset + zip(indices, strides).reduce(0) { $0 + $1.0 * $1.1 }) * elementSize
          for _ in 0..<innerExtent {
            memcpy(output + written, input + position, elementSize)
            position += innerStride
            written += elementSize
          }
          for axis in indices.indices.reversed() {
            indices[axis] += 1
            if indices[axis] < shape[axis] { break }
            indices[axis] = 0
          }
        }
      }
      count = byteCount
    }
  }
}
