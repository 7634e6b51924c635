import OpenCL

/// The kernels of `Kernels/OpenCL/benchmark/ceilings.cl` on a device, and how they are timed.
struct CeilingKernels {
  private let backend: OpenCLBackend
  private let program: Program
  private let vectorWidth: Int
  private let localSize: Int
  /// The vectors that a work-item copies.
  private let block: Int
  private let clock = ContinuousClock()

  /// Independent accumulators: more than latency times throughput of any processor, and few enough not to spill.
  private static let chains = 12
  private static let repeats = 9
  /// More than any device has: drivers may report anything.
  private static let mostComputeUnits = 4096

  init(_ backend: OpenCLBackend) throws {
    self.backend = backend
    let isCPU = backend.device.type == .cpu
    vectorWidth = isCPU ? 16 : 4
    block = isCPU ? 4096 : 1
    localSize = isCPU ? 1 : backend.planner.workGroupSize(covering: 64)
    program = try backend.program(
      ProgramKey(
        source: "benchmark/ceilings", constants: ["V": vectorWidth, "CHAINS": Self.chains, "BLOCK": block]))
  }

  func gflops() throws -> Double {
    // A few work-groups for every compute unit on a CPU, where one fills a core; many on a GPU, which hides latencies by them.
    let computeUnits = min(max(backend.device.computeUnits, 1), Self.mostComputeUnits)
    let items = computeUnits * (localSize == 1 ? 8 : 32 * localSize)
    let y = try buffer(floats: items * vectorWidth)
    let kernel = try program.kernel(named: "ceiling_fma")
    var steps = 1 << 10
    while true {
      try kernel.setArguments(y, Float(0.999), Float(0.001), Int32(steps))
      let seconds = try best { try enqueue(kernel, items: items) }
      // Long enough that the launch is negligible.
      if seconds > 0.02 || steps >= 1 << 26 {
        return Double(2 * vectorWidth * Self.chains * steps) * Double(items) / seconds * 1e-9
      }
      steps *= 4
    }
  }

  func gigabytesPerSecond() throws -> Double {
    let bytes = min(256 << 20, backend.device.maximumAllocationBytes / 4, backend.device.globalMemoryBytes / 8)
    let vectors = max(1, bytes / 4 / vectorWidth)
    let x = try buffer(floats: vectors * vectorWidth), y = try buffer(floats: vectors * vectorWidth)
    let kernel = try program.kernel(named: "ceiling_copy")
    try backend.queue.enqueueFill(x, with: Float(1))
    try kernel.setArguments(x, y, Int32(vectors))
    let seconds = try best { try enqueue(kernel, items: ceilingDivision(vectors, block)) }
    return Double(2 * vectors * vectorWidth * 4) / seconds * 1e-9
  }

  func launchSeconds() throws -> (waited: Double, queued: Double) {
    let y = try buffer(floats: 1)
    let kernel = try program.kernel(named: "ceiling_launch")
    try kernel.setArguments(y)
    let count = 256
    // Single launches vary too much for the best one to mean anything.
    let waited = try best {
      for _ in 0..<count {
        try enqueue(kernel, items: 1)
        try backend.queue.finish()
      }
    }
    let queued = try best { for _ in 0..<count { try enqueue(kernel, items: 1) } }
    return (waited / Double(count), queued / Double(count))
  }

  private func buffer(floats: Int) throws -> Buffer {
    try Buffer(backend.context, byteCount: floats * MemoryLayout<Float>.size)
  }

  private func enqueue(_ kernel: Kernel, items: Int) throws {
    try backend.queue.enqueue(
      kernel, globalSize: WorkSize(ceilingDivision(items, localSize) * localSize), localSize: WorkSize(localSize))
  }

  /// The least time of several runs after one that warms up: a ceiling is what can be reached.
  private func best(_ run: () throws -> Void) throws -> Double {
    try run()
    try backend.queue.finish()
    var least = Double.infinity
    for _ in 0..<Self.repeats {
      let start = clock.now
      try run()
      try backend.queue.finish()
      least = min(least, (clock.now - start) / .seconds(1))
    }
    return least
  }
}
