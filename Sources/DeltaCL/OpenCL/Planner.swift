/// Chooses kernels, tiles and launch sizes for operations on one class of devices.
///
/// Every default follows from shapes and the device's class alone, never from a measurement or the number of cores, so that
/// the same operation gives the same bits each time. ``choice`` overrides the defaults for one operation.
struct Planner: Sendable {
  /// The class of devices that the defaults are for, as in `CPU`.
  let deviceClass: String
  /// The most neighbouring channels that a vector holds.
  let maximumVectorWidth: Int
  /// The elements that a work-item of an element-wise kernel processes.
  let elementsPerItem: Int
  /// The neighbouring channels that a work-item of a normalisation processes: all, so that a core reads memory in order, or few,
  /// so that neighbouring work-items read neighbouring memory.
  let channelsPerItem: Int
  /// The sizes of work-groups to choose from, ascending. They are few, because a driver may compile a kernel for each.
  var workGroupSizes: [Int]

  /// The most rows for which a dense layer reads its weights unpacked.
  let unpackedRows: Int

  /// The algorithms of convolutions and dense layers, the preferred ones first; the last one can do every pass.
  var algorithms: [any ConvolutionAlgorithm.Type]
  /// The local memory that a work-item may use for data that should stay in a core's cache.
  var localBytes = 0
  /// The tiles of the local family to choose from; none turns it off.
  var localTiles: [LocalTile] = []
  /// The size of sub-groups that the kernels of the local family require; `nil` leaves it to the driver.
  var subgroupSize: Int?

  /// What is fixed for the operation that is planned instead of being left to the defaults.
  var choice: PlanChoice?
  /// What computed wrong values in a self-test of the device.
  var exclusions: [KernelExclusion] = []
  /// The most bytes of scratch for one operation.
  var maximumScratchBytes = Int.max
  /// The work-items that a work-group of the device may have.
  var maximumWorkGroupSize = Int.max
  /// The bytes of local memory that a work-group of the device may have.
  var localMemoryBytes = Int.max

  /// The planner for CPU devices, where a work-item is a loop on one core.
  static let cpu = Planner(
    deviceClass: "CPU", maximumVectorWidth: 16, elementsPerItem: 2048, channelsPerItem: .max, workGroupSizes: [1],
    unpackedRows: 256,
    algorithms: [Depthwise.self, Winograd.self, UnpackedDense.self, Col2Im.self, FewChannels.self, DirectSum.self],
    localBytes: 1 << 20)
  /// The planner for all other devices, where many work-items share a core.
  static let gpu = Planner(
    deviceClass: "GPU", maximumVectorWidth: 4, elementsPerItem: 4, channelsPerItem: 4, workGroupSizes: [16, 64],
    unpackedRows: 0,
    algorithms: [ImplicitGEMM.self, Depthwise.self, UnpackedDense.self, DirectSum.self], localTiles: LocalTile.all)

  /// Whether a work-item processes whole rows of all channels, so that a core reads memory in order.
  var itemsTakeAllChannels: Bool { channelsPerItem == .max }

  /// The algorithm of a name, on whatever class of devices.
  static func algorithm(named name: String) -> (any ConvolutionAlgorithm.Type)? {
    (cpu.algorithms + gpu.algorithms).first { $0.name == name }
  }

  /// The same planner with a choice for the operation that it will plan.
  func choosing(_ choice: PlanChoice) -> Planner {
    var planner = self
    planner.choice = choice
    return planner
  }

  /// The same planner without algorithms that round more than the direct sum.
  var exact: Planner {
    var planner = self
    planner.algorithms.removeAll { !$0.isExact }
    return planner
  }

  /// The work-group size for a kernel that takes any, of `count` work-items.
  func workGroupSize(covering count: Int) -> Int {
    workGroupSizes.first { $0 >= count } ?? workGroupSizes.last ?? 1
  }

  /// The vector width for `channels` neighbouring channels if vectors must not reach beyond them: the largest power of two
  /// up to their number.
  func vectorWidth(within channels: Int) -> Int {
    var width = 1
    while width < maximumVectorWidth, width * 2 <= channels { width *= 2 }
    return width
  }

  /// The vector width for `channels` neighbouring channels if missing lanes are padded: the smallest power of two that
  /// covers them.
  func vectorWidth(covering channels: Int) -> Int {
    var width = 1
    while width < maximumVectorWidth, width < channels { width *= 2 }
    return width
  }
}

/// The quotient, rounded up.
func ceilingDivision(_ dividend: Int, _ divisor: Int) -> Int {
  (dividend + divisor - 1) / divisor
}
