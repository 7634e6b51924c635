/// Where a device keeps local memory.
public enum LocalMemoryType: String, Hashable, Sendable, Codable {
  /// In storage of its own, such as SRAM.
  case local
  /// In global memory, so it is not faster.
  case global
  /// The device has none.
  case none
}
