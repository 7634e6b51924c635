import DeltaCL
import DeltaCLNetworks
import OpenCL

/// How fast a whole step of a network ran.
struct NetworkMeasurement: Encodable {
  let network: String
  let batch: Int
  let mode: BenchMode
  /// From handing over the batch to the end of the step on the device.
  let medianSeconds: Double
  /// The most device memory that was allocated at a time; absent on the reference backend.
  let peakBytes: Int?
  /// From opening the device to the end of the first step: initial parameters, plans, programs, buffers and the step. Drivers
  /// keep programs on disk, so a second process is faster than the first.
  let firstStepSeconds: Double
  /// The median time in which a step's call returns while nothing else is in the queue: the host's share, which overlaps
  /// with the device's if steps are enqueued ahead.
  let hostSeconds: Double

  /// The width of the middle half of the samples, relative to the median.
  let spread: Double
  /// 10⁹ multiplications and additions a second, counted as the direct algorithms do them.
  let gflops: Double
  /// 10⁹ bytes of operands a second.
  let gigabytesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case network, batch, mode, medianSeconds, peakBytes, firstStepSeconds, hostSeconds
  }

  /// Measures on random images and labels.
  ///
  /// - Parameters:
  ///   - makeBackend: opens the device anew.
  ///   - warmedUp: called between the first runs and those that count.
  ///   - finished: called after them.
  /// - Throws: What the backend throws, as for want of memory.
  init(
    _ network: Network, batch: Int, _ mode: BenchMode, _ sampler: Sampler, makeBackend: () throws -> any Backend,
    warmedUp: (any Backend) throws -> Void, finished: (any Backend) throws -> Void
  ) throws {
    let shape = network.inputShape(batch: batch)
    guard shape.elementCount <= Shape.maximumElementCount else {
      throw CommandFailure(
        "a batch of \(batch) images makes a tensor of shape \(shape), too large to index; use a smaller one")
    }
    let images = try Self.randomImages(shape)
    let labels = try Self.labels(batch: batch, classes: network.classes)
    let clock = ContinuousClock()
    let start = clock.now
    let backend = try makeBackend()
    let parameters = try Parameters(network, seed: 1, on: backend)
    let run: () throws -> Void
    let floatingPointOperations: Int
    let byteCount: Int
    switch mode {
    case .train:
      let step = try TrainingStep(network, parameters, batch: batch, optimizer: SGD(momentum: 0.9))
      step.learningRate = 1e-3
      run = { try step.run(images: images, labels: labels) }
      (floatingPointOperations, byteCount) = (step.floatingPointOperations, step.byteCount)
    case .infer:
      let step = try InferenceStep(network, parameters, batch: batch)
      run = { try step.run(images: images) }
      (floatingPointOperations, byteCount) = (step.floatingPointOperations, step.byteCount)
    }
    try run()
    try backend.finish()
    firstStepSeconds = (clock.now - start) / .seconds(1)

    _ = try sampler.warmUp {
      try run()
      try backend.finish()
    }
    try warmedUp(backend)
    var hostSamples: [Double] = []
    let statistics = try sampler.statistics {
      let host = try sampler.seconds(run)
      hostSamples.append(host)
      return host + (try sampler.seconds { try backend.finish() })
    }
    try finished(backend)

    self.network = network.name
    self.batch = batch
    self.mode = mode
    medianSeconds = statistics.median
    spread = statistics.spread
    hostSeconds = SampleStatistics(hostSamples).median
    peakBytes = (backend as? OpenCLBackend)?.peakAllocatedBytes
    gflops = Double(floatingPointOperations) / statistics.median * 1e-9
    gigabytesPerSecond = Double(byteCount) / statistics.median * 1e-9
  }

  private static func randomImages(_ shape: Shape) throws -> HostMemory {
    var generator = Philox(seed: 1, stream: .custom(0))
    let drawn = (0..<4099).map { _ in generator.normal() }
    let memory = try HostMemory(byteCount: shape.elementCount * MemoryLayout<Float>.size)
    memory.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: Float.self) { values in
        for index in values.indices { values[index] = drawn[index % drawn.count] }
      }
    }
    return memory
  }

  private static func labels(batch: Int, classes: Int) throws -> HostMemory {
    let memory = try HostMemory(byteCount: batch * MemoryLayout<Int32>.size)
    memory.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: Int32.self) { values in
        for index in values.indices { values[index] = Int32(index % classes) }
      }
    }
    return memory
  }
}
