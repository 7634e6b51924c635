/// What the memory of a ``BufferAllocator`` is used for.
public struct AllocatorStatistics: Hashable, Sendable {
  /// The bytes of the buffers that live.
  public internal(set) var inUseBytes = 0
  /// The bytes that are kept for later buffers.
  public internal(set) var cachedBytes = 0
  /// The most bytes that buffers have taken at a time.
  public internal(set) var peakBytes = 0
  /// How many buffers were asked for.
  public internal(set) var allocationCount = 0
  /// How many of them got memory that was kept.
  public internal(set) var reuseCount = 0
}
