import Synchronization

/// Allocates buffers of one context and keeps the memory of those that are dropped for the next ones.
///
/// Memory is reused as soon as its buffer is dropped, while commands that were enqueued before may still use it. So buffers
/// belong on one in-order queue; ``Buffer/keepFromReuse()`` is for those that are used elsewhere, and asking for
/// ``Buffer/handle`` implies it.
public final class BufferAllocator: Sendable {
  /// The context that the buffers live in.
  public let context: Context
  private let state: Mutex<State>

  fileprivate struct State {
    var statistics = AllocatorStatistics()
    var limit: Int
    var cacheLimit: Int
    /// By size class, in the order in which the memory came back.
    var cached: [Int: [Cached]] = [:]
    var returnCount = 0
  }

  fileprivate struct Cached {
    let memory: DeviceMemory
    /// How much memory had come back before.
    let age: Int
  }

  /// Makes an allocator. By default it may use all memory of the device, and keeps a sixteenth of that, at most 1 GiB.
  public init(_ context: Context) {
    self.context = context
    let total = context.device.globalMemoryBytes
    state = Mutex(State(limit: total, cacheLimit: min(total / 16, 1 << 30)))
  }

  /// What the memory is used for now.
  public var statistics: AllocatorStatistics { state.withLock { $0.statistics } }

  /// The most bytes that buffers and kept memory may have together. Buffers that live are not affected by a lower limit.
  public var limit: Int {
    get { state.withLock { $0.limit } }
    set {
      release { state in
        state.limit = max(0, newValue)
        return state.evict(toFit: 0)
      }
    }
  }

  /// The most bytes that are kept; with 0 nothing is.
  public var cacheLimit: Int {
    get { state.withLock { $0.cacheLimit } }
    set {
      release { state in
        state.cacheLimit = max(0, newValue)
        return state.evict(toFit: 0)
      }
    }
  }

  /// Frees all memory that is kept.
  ///
  /// - Returns: The bytes.
  @discardableResult
  public func trim() -> Int {
    let memories = state.withLock { $0.evict(to: 0) }
    return memories.reduce(0) { $0 + $1.byteCount }
  }

  /// A buffer of undefined contents that has `byteCount` bytes or, if its memory was kept, up to an eighth more.
  ///
  /// If there is no room all memory that is kept is freed first.
  ///
  /// - Throws: `OpenCLError` for a size of zero, beyond the limit or the device's, and if the driver is out of memory.
  public func allocate(byteCount: Int) throws -> Buffer {
    let memory = try reused(byteCount) ?? new(byteCount)
    return Buffer(memory, of: self)
  }

  private func reused(_ byteCount: Int) -> DeviceMemory? {
    state.withLock { state in
      guard byteCount > 0, let memory = state.take(byteCount) else { return nil }
      state.statistics.reuseCount += 1
      state.add(memory.byteCount)
      state.updatePeak()
      return memory
    }
  }

  private func new(_ byteCount: Int) throws -> DeviceMemory {
    guard byteCount > 0 else { return try DeviceMemory(context, byteCount: byteCount, flags: .readWrite) }
    // Counted first, so that threads together keep to the limit.
    let freed = try state.withLock { state in
      let (limit, taken) = (state.limit, state.statistics.inUseBytes)
      guard byteCount <= limit - taken else {
        throw OpenCLError(
          status: .memoryObjectAllocationFailure, call: "clCreateBuffer",
          detail:
            "\(byteCount) bytes asked of an allocator that is limited to \(limit) bytes, of which \(taken) are in use")
      }
      let freed = state.evict(toFit: byteCount)
      state.add(byteCount)
      return freed
    }
    withExtendedLifetime(freed) {}
    do {
      let memory: DeviceMemory
      do {
        memory = try DeviceMemory(context, byteCount: byteCount, flags: .readWrite)
      } catch let error as OpenCLError where error.isOutOfMemory && trim() > 0 {
        memory = try DeviceMemory(context, byteCount: byteCount, flags: .readWrite)
      }
      state.withLock { $0.updatePeak() }
      return memory
    } catch {
      state.withLock { state in
        state.statistics.inUseBytes -= byteCount
        state.statistics.allocationCount -= 1
      }
      throw error
    }
  }

  /// Takes the memory of a buffer that is gone.
  func takeBack(_ memory: DeviceMemory, reusable: Bool) {
    release { state in
      state.statistics.inUseBytes -= memory.byteCount
      guard reusable, memory.byteCount <= state.cacheLimit else { return [] }
      state.keep(memory)
      return state.evict(toFit: 0)
    }
  }

  /// Changes the state, and frees memory when it is no longer locked.
  private func release(_ change: (inout State) -> [DeviceMemory]) {
    let memories = state.withLock { change(&$0) }
    withExtendedLifetime(memories) {}
  }
}

extension BufferAllocator.State {
  /// Sizes of one class differ by less than an eighth.
  private static func sizeClass(_ byteCount: Int) -> Int {
    let shift = max(0, Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount >> shift) << shift
  }

  mutating func add(_ byteCount: Int) {
    statistics.allocationCount += 1
    statistics.inUseBytes += byteCount
  }

  mutating func updatePeak() {
    statistics.peakBytes = max(statistics.peakBytes, statistics.inUseBytes)
  }

  mutating func keep(_ memory: DeviceMemory) {
    cached[Self.sizeClass(memory.byteCount), default: []].append(.init(memory: memory, age: returnCount))
    returnCount += 1
    statistics.cachedBytes += memory.byteCount
  }

  /// The smallest memory of the class that is large enough, the newest of several.
  mutating func take(_ byteCount: Int) -> DeviceMemory? {
    let sizeClass = Self.sizeClass(byteCount)
    guard var candidates = cached[sizeClass] else { return nil }
    var best: Int?
    for (index, candidate) in candidates.enumerated() where candidate.memory.byteCount >= byteCount {
      if let current = best, candidates[current].memory.byteCount < candidate.memory.byteCount { continue }
      best = index
    }
    guard let best else { return nil }
    cached[sizeClass] = nil
    let memory = candidates.remove(at: best).memory
    if !candidates.isEmpty { cached[sizeClass] = candidates }
    statistics.cachedBytes -= memory.byteCount
    return memory
  }

  /// Gives up what keeps `byteCount` bytes more from fitting, which are within the limit, and what is over that of the cache.
  mutating func evict(toFit byteCount: Int) -> [DeviceMemory] {
    evict(to: min(cacheLimit, max(0, limit - statistics.inUseBytes - byteCount)))
  }

  /// Gives up the oldest memory until at most `byteCount` bytes are kept.
  mutating func evict(to byteCount: Int) -> [DeviceMemory] {
    var evicted: [DeviceMemory] = []
    // A class has its oldest memory first.
    while statistics.cachedBytes > byteCount,
      let oldest = cached.compactMap({ sizeClass, memories in memories.first.map { (sizeClass, $0) } })
        .min(by: { $0.1.age < $1.1.age })
    {
      let (sizeClass, candidate) = oldest
      cached[sizeClass]?.removeFirst()
      if cached[sizeClass]?.isEmpty == true { cached[sizeClass] = nil }
      statistics.cachedBytes -= candidate.memory.byteCount
      evicted.append(candidate.memory)
    }
    return evicted
  }
}
