public import OpenCL
import Synchronization

/// Holds the kernels of one device and driver to the reference: every kernel variant that plans may run, each on a small shape.
///
/// A driver's compiler may make wrong code of a kernel that others compile right, so this is run where the kernels will run.
/// ``record(of:)`` says what planning has to leave out, and whether anything is wrong that it cannot go around;
/// `deltacl selftest` keeps that in a file, which ``Backends`` reads.
///
///     let test = try SelfTest(device, selector: "0:0")
///     let results = test.variants.map(test.run)
///     let record = test.record(of: results)
public final class SelfTest: Sendable {
  /// What the results are valid for.
  public let subject: TuningSubject
  /// What is to be run, in that order: operations with one plan, then convolutions and dense layers by each of theirs.
  public let variants: [Variant]

  private let device: Device
  private let selector: String
  private let planner: Planner
  private let cases: [SelfTestCase]
  private let backend = Mutex<OpenCLBackend?>(nil)

  /// Lists what is to be run.
  ///
  /// - Parameters:
  ///   - device: The device.
  ///   - selector: The text that selects it, such as `0:0`.
  ///   - family: The family of kernels; without one, that of the device's class.
  ///   - isThorough: Whether every candidate's tile is run, which takes several times as long, not just tiles of all widths and about
  ///     all sizes.
  /// - Throws: ``DeltaCLError`` (`unknownDevice`) where the device cannot run the family, (`missingKernel`) where
  ///   `DELTACL_KERNELS_DIR` names a folder without the sources.
  public convenience init(
    _ device: Device, selector: String, family: KernelFamily? = nil, isThorough: Bool = false
  ) throws {
    try self.init(
      device, selector: selector, family: family,
      planner: Planner(for: DeviceLimits(device), family: family, exact: false),
      isThorough: isThorough)
  }

  /// - Parameter isIncluded: Which of the cases are run.
  init(
    _ device: Device, selector: String, family: KernelFamily?, planner: Planner, isThorough: Bool = false,
    where isIncluded: (SelfTestCase) -> Bool = { _ in true }
  ) throws {
    subject = try TuningSubject(device, family: family)
    self.device = device
    self.selector = selector
    self.planner = planner
    cases = (try SelfTestCase.operations(on: planner) + SelfTestCase.convolutions(on: planner, isThorough: isThorough))
      .filter(isIncluded)
    variants = cases.enumerated().map { Variant($1, index: $0) }
  }

  /// Runs one of ``variants`` and compares its results.
  ///
  /// - Returns: Also where the driver fails: what is wrong is the result's outcome.
  public func run(_ variant: Variant) -> Result {
    let start = ContinuousClock.now
    var outcome = Outcome.passed
    do {
      let backend = try self.backend.withLock { $0 } ?? OpenCLBackend(device, selector: selector, planner: planner)
      self.backend.withLock { $0 = backend }
      try cases[variant.index].verify(on: backend)
    } catch {
      outcome = Outcome(error)
      // After an error a driver may refuse all else in the same context.
      if !(error is SelfTestFlaw) { self.backend.withLock { $0 = nil } }
    }
    return Result(variant: variant, outcome: outcome, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// What follows from results: the plans to leave out, and whether the device can be used.
  ///
  /// - Parameter results: Those of all ``variants``, or of those before one that has not ended.
  public func record(of results: [Result]) -> SelfTestRecord {
    var planner = planner
    planner.exclusions = KernelExclusion.exclusions(from: results)
    let failures = results.filter { result in
      guard result.outcome != .passed else { return false }
      guard result.variant.isPlannedAround else { return true }
      return (try? planner.decide(cases[result.variant.index].operation)) == nil
    }
    return SelfTestRecord(
      subject: subject, count: results.count, exclusions: planner.exclusions,
      failures: failures.map { "\($0.variant.name): \($0.outcome)" })
  }
}
