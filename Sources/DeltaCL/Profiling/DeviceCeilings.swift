import OpenCL

/// The measured ceilings of a device, as of the roofline model, to compare operations with.
public struct DeviceCeilings: Hashable, Sendable {
  /// 10⁹ floating-point operations a second in `float32` multiply-adds, each counted as two.
  public let gflops: Double
  /// 10⁹ bytes a second, read and written together, of a copy that no cache holds.
  public let gigabytesPerSecond: Double
  /// From enqueueing the smallest kernel to knowing that it has finished.
  public let launchSeconds: Double
  /// What a small kernel adds if many are enqueued before the wait.
  public let queuedLaunchSeconds: Double

  /// Measures a device; takes about a second. Other load on the machine lowers the figures.
  ///
  /// - Throws: `OpenCLError` if the device has no room for the buffers, and whatever else the driver says.
  public static func measure(on backend: OpenCLBackend) throws -> DeviceCeilings {
    let bench = try CeilingKernels(backend)
    let launches = try bench.launchSeconds()
    return DeviceCeilings(
      gflops: try bench.gflops(), gigabytesPerSecond: try bench.gigabytesPerSecond(), launchSeconds: launches.waited,
      queuedLaunchSeconds: launches.queued)
  }
}
