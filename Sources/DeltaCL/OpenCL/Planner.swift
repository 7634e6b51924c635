/// Chooses kernels, tiles and launch sizes for operations on one class of devices.
///
/// Every default follows from shapes and the device's class alone, never from a measurement or the number of cores, so that
/// the same operation gives the same bits each time. ``choice`` overrides the defaults for one operation.
struct Planner: Sendable {
  /// The class of devices that the defaults are for, as in `CPU`.
  let deviceClass: String
  /// The most neighbouring channels that a vector holds.
  let maximumVectorWidth: Int
  /// The elements that a work-item of an element-wise kernel does.
  let elementsPerItem: Int
  /// The neighbouring channels that a work-item of a normalisation does: all, so that a core streams through memory, or few,
  /// so that neighbouring work-items read neighbouring memory.
  let channelsPerItem: Int

  /// The sizes of work-groups to choose from, ascending. They are few, because a driver may compile a kernel for each.
  var workGroupSizes: [Int]

  /// The most rows for which a dense layer reads its weights where they lie.
  let denseStreamingRows: Int

  /// The local memory that Winograd's fused kernel may use for what should stay in a core's cache; 0 turns Winograd's
  /// algorithm off.
  var winogradLocalBytes = 0

  /// The tiles of the local family to choose from; none turns it off.
  var localTiles: [LocalTile] = []

  /// Vector multiplications that make a work-item of a correlation worth starting.
  var multiplicationsPerItem = 8192
  /// The local memory that a delta's products may use until they are gathered; 0 turns gathering off.
  var gatherLocalBytes = 0
  /// The work-items that share the direct sums of a kernel gradient.
  var gradientItems = 16
  /// Output pixels whose part of a vector of dy stays in the first cache.
  var chunkPixels = 112
  /// The work-items that share any other reduction.
  var reductionItems = 128
  /// Tiles times channels whose transforms stay in the caches during Winograd's gradient; of 2^15 to 2^18 the fastest on an
  /// AVX-512 processor.
  var winogradGradientElements = 1 << 15
  /// What the transforms of a Winograd tile cost for each of its positions and channels, in multiplications.
  var winogradTransformCost = 16
  /// How many bytes of the products of a Winograd kernel gradient stay in the last cache.
  var winogradProductBytes = 16 << 20

  /// What is fixed for the operation that is planned instead of being left to the defaults.
  var choice = PlanChoice()
  /// The bytes that the scratch of an operation may take.
  var maximumScratchBytes = Int.max

  /// The planner for CPU devices, where a work-item is a loop on one core.
  static let cpu = Planner(
    deviceClass: "CPU", maximumVectorWidth: 16, elementsPerItem: 2048, channelsPerItem: .max, workGroupSizes: [1],
    denseStreamingRows: 256, winogradLocalBytes: 1 << 20, gatherLocalBytes: 1 << 20)
  /// The planner for all other devices, where many work-items share a core.
  static let gpu = Planner(
    deviceClass: "GPU", maximumVectorWidth: 4, elementsPerItem: 4, channelsPerItem: 4, workGroupSizes: [16, 64],
    denseStreamingRows: 0,
    localTiles: LocalTile.all)

  /// The launches of an operation.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) where scratch would be too large to index.
  func launches(for operation: TensorOperation) throws(DeltaCLError) -> LaunchList {
    if usesLocalFamily, let list = try localLaunches(for: operation) { return list }
    if usesDepthwiseKernels, let list = try depthwiseLaunches(for: operation) { return list }
    if let list = try winogradLaunches(for: operation) { return list }
    return try operation.launches(self)
  }

  /// The work-items of a work-group for a kernel that takes any number, of which `count` have work side by side.
  func workGroupSize(covering count: Int) -> Int {
    workGroupSizes.first { $0 >= count } ?? workGroupSizes.last ?? 1
  }

  /// The vector width for `channels` neighbouring channels where a vector must not reach beyond them: the greatest power of
  /// two that is not over their number.
  func vectorWidth(within channels: Int) -> Int {
    var width = 1
    while width < maximumVectorWidth, width * 2 <= channels { width *= 2 }
    return width
  }

  /// The vector width for `channels` neighbouring channels where missing lanes are filled up: the least power of two that
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
