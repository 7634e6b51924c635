/// Memory in the middle of a larger storage, whose margins show whether a kernel wrote or used what is not its own.
///
/// The margins are NaN, so that a value read from there spoils the result.
struct GuardedOperand {
  let storage: any Storage
  private let whole: any Storage
  private let margin: HostValues

  init(_ elementType: ElementType, count: Int, on backend: any Backend) throws {
    let alignment = backend.storageAlignment
    margin = HostValues(garbage: elementType, count: ceilingDivision(64, alignment) * alignment)
    whole = try backend.allocate(elementType, count: margin.bits.count + count + margin.bits.count)
    storage = try whole.slice(offset: margin.bits.count, count: count)
  }

  /// Replaces the elements and the margins.
  func fill(_ values: HostValues) throws {
    try HostValues(values.elementType, bits: margin.bits + values.bits + margin.bits).write(to: whole)
  }

  /// Fills the elements with what no result has.
  func fillWithGarbage() throws {
    try fill(HostValues(garbage: storage.elementType, count: storage.count))
  }

  /// Waits for the elements.
  ///
  /// - Throws: ``SelfTestFlaw`` where a margin has changed.
  func values(_ name: String) throws -> HostValues {
    let all = try HostValues(reading: whole)
    let start = margin.bits.count, end = start + storage.count
    guard Array(all.bits[..<start]) == margin.bits else { throw SelfTestFlaw("memory before \(name) is overwritten") }
    guard Array(all.bits[end...]) == margin.bits else { throw SelfTestFlaw("memory after \(name) is overwritten") }
    return HostValues(all.elementType, bits: Array(all.bits[start..<end]))
  }
}
