import DeltaCL
import OpenCL
import Testing

/// A storage in the middle of a larger one, whose margins show whether somebody wrote or used what is not his.
///
/// The margins of `float32` storages are NaN, so that a value read from there spoils the result.
struct GuardedStorage {
  let storage: any Storage
  private let whole: any Storage
  private let margin: Int

  init(_ elementType: ElementType, count: Int, on backend: any Backend) throws {
    let alignment = backend.storageAlignment
    margin = (64 + alignment - 1) / alignment * alignment
    whole = try backend.allocate(elementType, count: margin + count + margin)
    storage = try whole.slice(offset: margin, count: count)
  }

  /// A NaN, or an integer that is no label, argmax or count.
  private static func canary(_ elementType: ElementType) -> UInt32 {
    switch elementType {
    case .float32: 0x7FC0_DEAD
    case .int32: 0x8BAD_F00D
    }
  }

  func fill(_ values: Values) throws {
    let canaries = [UInt32](repeating: Self.canary(whole.elementType), count: margin)
    let memory = try HostMemory(byteCount: whole.count * 4)
    memory.withUnsafeMutableBytes { destination in
      (canaries + values.bits + canaries).withUnsafeBytes { destination.copyMemory(from: $0) }
    }
    try whole.write(memory)
  }

  func fillWithGarbage() throws {
    let garbage: UInt32 = whole.elementType == .float32 ? Float.nan.bitPattern : 0x8000_0000
    try fill(Values(whole.elementType, bits: [UInt32](repeating: garbage, count: storage.count)))
  }

  /// Reads the values and checks the margins.
  func values(_ name: String, sourceLocation: SourceLocation) throws -> Values {
    var bits = [UInt32](repeating: 0, count: whole.count)
    try bits.withUnsafeMutableBytes { try whole.read(into: $0) }
    let canary = Self.canary(whole.elementType)
    let after = margin + storage.count
    #expect(
      bits[..<margin].allSatisfy { $0 == canary }, "memory before \(name) was overwritten",
      sourceLocation: sourceLocation)
    #expect(
      bits[after...].allSatisfy { $0 == canary }, "memory after \(name) was overwritten", sourceLocation: sourceLocation
    )
    return Values(whole.elementType, bits: Array(bits[margin..<after]))
  }
}
