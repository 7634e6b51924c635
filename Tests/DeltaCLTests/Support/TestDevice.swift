import Foundation

@testable import DeltaCL

/// What the tests run on.
enum TestDevice {
  /// The device under test: `DELTACL_TEST_DEVICE`, or the machine's CPU through OpenCL. A machine without fails the tests.
  static let selection = ProcessInfo.processInfo.environment["DELTACL_TEST_DEVICE"] ?? "cpu"

  /// Whether only the tiny cases run (`DELTACL_TEST_SHAPES=small`), which is what an interpreter can do.
  static let usesSmallShapes = ProcessInfo.processInfo.environment["DELTACL_TEST_SHAPES"] == "small"

  /// The planners whose kernels do direct sums, which are exact on small integers; all of them run on every device.
  ///
  /// PoCL's code generator `repl` compiles a copy of a kernel for each work-item of a group: the groups of a GPU would keep
  /// its compiler busy for hours.
  static let exactPlanners = copiesWorkItems ? [Planner.cpu.exact] : [Planner.cpu.exact, Planner.gpu.exact]

  private static let copiesWorkItems = ProcessInfo.processInfo.environment["POCL_WORK_GROUP_METHOD"] == "repl"

  /// The tiles of the local family under test, those of all vendors: with small shapes the largest and the smallest.
  static let localTiles =
    usesSmallShapes
    ? [LocalTile.all.first, LocalTile.all.last].compactMap(\.self)
    : Array(LocalTile.all.dropLast() + LocalTile.intel.filter { !LocalTile.all.contains($0) } + LocalTile.all.suffix(1))

  private static let opened = try? exactPlanners.map { try newBackend($0) }

  /// The backends under test, one for each of ``exactPlanners``.
  ///
  /// With small shapes they are new ones each time: Oclgrind crashes where a thread uses a context that another one made.
  static func backends() throws -> [any Backend] {
    if !usesSmallShapes, let opened { return opened }
    return try exactPlanners.map { try newBackend($0) }
  }

  /// The first of the backends under test.
  static func backend() throws -> any Backend {
    if !usesSmallShapes, let first = opened?.first { return first }
    return try newBackend()
  }

  /// Another backend on the device under test, with a context, queue and programs of its own.
  static func newBackend(_ planner: Planner = .cpu.exact) throws -> any Backend {
    let candidate = try Backends.choose(selection).candidate
    guard let device = candidate.device else { return ReferenceBackend() }
    return try OpenCLBackend(device, selector: candidate.selector, planner: planner)
  }
}
