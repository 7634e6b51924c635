/// Where a device keeps local memory.
public enum LocalMemoryType: String, Hashable, Sendable, Codable {
  /// In storage of its own, such as SRAM.
  case local
  /// In global memory, so that it is no faster.
  case global
  /// The device has none.
  case none
}
