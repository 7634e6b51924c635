import OpenCL
import Testing

@testable import DeltaCL

/// What is planned for devices that are not there, by their limits.
@Suite struct DeviceLimitsTests {
  private let convolution: Convolution

  init() throws {
    // As many results as the largest tile has.
    convolution = try Convolution(
      batch: 64, inputSize: 28, inputChannels: 128, outputChannels: 128, kernelSize: 3, padding: 1)
  }

  /// Limits of GPUs, and the tiles that they leave.
  static let limits: [(DeviceLimits, [String])] = [
    (
      DeviceLimits(maximumWorkGroupSize: 256, localMemoryBytes: 32 << 10),
      ["128x128x16", "128x64x16", "64x64x16", "128x32x32", "32x32x32"]
    ),
    (
      DeviceLimits(maximumWorkGroupSize: 256, localMemoryBytes: 16 << 10), ["128x64x16", "64x64x16", "32x32x32"]
    ),
    (DeviceLimits(maximumWorkGroupSize: 128, localMemoryBytes: 32 << 10), ["32x32x32"]),
    (DeviceLimits(maximumWorkGroupSize: 64, localMemoryBytes: 9216), ["32x32x32"]),
    (
      DeviceLimits(
        vendor: .intel, maximumWorkGroupSize: 64, localMemoryBytes: 64 << 10, subgroupSizes: [8, 16, 32]), ["32x32x16"]
    ),
    (DeviceLimits(vendor: .intel, localMemoryBytes: 64 << 10), ["64x64x16", "32x32x16"]),
    // Only too large.
    (DeviceLimits(), ["128x128x16", "128x64x16", "64x64x16", "128x32x32", "32x32x32"]),
  ]

  @Test(arguments: limits)
  func noWorkGroupIsLargerThanTheDeviceAllows(limits: DeviceLimits, tiles: [String]) throws {
    let planner = try Planner(for: limits, exact: false)
    #expect(planner.localTiles.map { "\($0.rows)x\($0.columns)x\($0.depth)" } == tiles)
    let cases = try SelfTestCase.operations(on: planner) + SelfTestCase.convolutions(on: planner)
    let launches = try cases.flatMap { tested in
      try (tested.choice.map(planner.choosing) ?? planner).decide(tested.operation).launches.launches
    }
    for launch in launches {
      #expect(launch.localSize ?? 1 <= limits.maximumWorkGroupSize, "\(launch.summary)")
      #expect(planner.workGroupSize(covering: launch.globalSize[0]) <= limits.maximumWorkGroupSize)
    }
    #expect(launches.contains { $0.kernel == "local_convolution_correlate" })
    #expect(launches.contains { $0.kernel == "local_column_sums" })
  }

  @Test func aTileThatTheDeviceHasNotIsRefused() throws {
    let planner = try Planner(for: DeviceLimits(localMemoryBytes: 16 << 10), exact: false)
    let forward = TensorOperation.convolution(convolution, bias: false)
    #expect(try Planner.gpu.decide(forward).launches.summary.contains("TM=128 TN=128"))
    #expect(try planner.decide(forward).launches.summary.contains("TM=128 TN=64"))
    let choice = PlanChoice(ImplicitGEMM.self, ImplicitGEMM.Parameters(tile: .init(rows: 128, columns: 128)))
    #expect(
      planner.refusal(of: choice, for: forward)
        == .noTile("tile 128x128", available: ["tile 128x64", "tile 64x64", "tile 32x32"]))
    expectError(.invalidArgument, naming: "the device has no tile 128x128, only tile 128x64, tile 64x64, tile 32x32") {
      try planner.choosing(choice).decide(forward)
    }
    // What was tuned for another device does no harm.
    let entry = Tuning.Entry(forward, exact: false, choice: choice, seconds: 1, defaultSeconds: 2)
    #expect(try planner.decide(forward, tuned: entry).launches.launches == planner.decide(forward).launches.launches)
  }

  /// A device without room for any tile runs other kernels, unless the family was asked for.
  @Test(arguments: [DeviceLimits(localMemoryBytes: 8 << 10), DeviceLimits(maximumWorkGroupSize: 32)])
  func aDeviceWithoutRoomForTilesRunsOtherKernels(limits: DeviceLimits) throws {
    let planner = try Planner(for: limits, exact: false)
    let plan = try planner.decide(.convolution(convolution, bias: false))
    #expect(plan.choice?.algorithm == "direct")
    let columns = try planner.decide(.biasGradient(rows: 64, channels: 64)).launches.launches
    #expect(columns.allSatisfy { $0.localSize == nil && !$0.kernel.hasPrefix("local_") })
    expectError(.unknownDevice, naming: "too few for the kernel family local", "\(limits.localMemoryBytes) bytes") {
      try Planner(for: limits, family: .local, exact: false)
    }
  }

  @Test func subgroupsAreRequiredWhereTheyHelp() throws {
    func size(_ vendor: GPUVendor?, _ sizes: [Int]) throws -> Int? {
      try Planner(for: DeviceLimits(vendor: vendor, subgroupSizes: sizes), exact: false).subgroupSize
    }
    #expect(try size(.intel, [8, 16, 32]) == 8)
    #expect(try size(.intel, [32, 16]) == 16)
    #expect(try size(.intel, []) == nil)
    // What no hardware has is not required.
    #expect(try size(.intel, [0, -8, 7, 1 << 30]) == nil)
    #expect(try size(.intel, [0, 64]) == 64)
    #expect(try size(.nvidia, [32]) == nil)
    #expect(try size(.amd, [32, 64]) == nil)
    #expect(try size(nil, [8]) == nil)
  }

  @Test(arguments: [
    (DeviceLimits(maximumWorkGroupSize: 0), "work-groups of 0 work-items"),
    (DeviceLimits(maximumAllocationBytes: 0), "a largest buffer of 0 bytes"),
    (DeviceLimits(globalMemoryBytes: 0), "a global memory of 0 bytes"),
    (DeviceLimits(alignmentBits: 3), "buffers aligned to 3 bits"),
    (DeviceLimits(alignmentBits: 1 << 31), "buffers aligned to 2147483648 bits"),
    (DeviceLimits(alignmentBits: .min), "bits"),
  ])
  func nonsenseIsRefused(limits: DeviceLimits, words: String) {
    for family: KernelFamily? in [nil, .tile, .local] {
      expectError(.unknownDevice, naming: "the driver of the device reports", words, "choose another device") {
        try Planner(for: limits, family: family, exact: false)
      }
    }
  }

  /// The kernels of the local family, with the tiles and the sub-groups that limits leave, hold to the reference. PoCL has no
  /// sub-groups and ignores their size, which may not change results.
  @Test(arguments: [
    DeviceLimits(maximumWorkGroupSize: 64, localMemoryBytes: 16 << 10),
    DeviceLimits(vendor: .intel, maximumWorkGroupSize: 64, localMemoryBytes: 16 << 10, subgroupSizes: [8, 16, 32]),
    DeviceLimits(vendor: .intel, maximumWorkGroupSize: 64, localMemoryBytes: 16 << 10, subgroupSizes: [64]),
  ])
  func kernelsWithinTheLimitsConform(limits: DeviceLimits) throws {
    let device = try #require(Backends.choose(TestDevice.selection).candidate.device)
    // One of the self-test's shapes, and once all reductions.
    let shape = try Convolution(
      batch: 2, inputSize: Extent(9, 6), inputChannels: 16, outputChannels: 32, kernelSize: 3, padding: 1)
    let passes: Set<TensorOperation> = [
      .convolution(shape, bias: true), .convolutionDelta(shape), .convolutionGradient(shape),
    ]
    let test = try SelfTest(
      device, selector: "tested", family: nil, planner: Planner(for: limits, exact: false),
      where: { tested in
        let isReduction =
          tested.operation.convolutionPass == nil && tested.kernels.contains { $0.kernel.hasPrefix("local_") }
        return passes.contains(tested.operation) || limits.vendor == nil && isReduction
      })
    let launched = Set(test.variants.flatMap(\.kernels).map(\.kernel))
    #expect(launched.isSuperset(of: ["local_convolution_correlate", "local_convolution_gradient"]))
    #expect(launched.contains("local_column_sums") == (limits.vendor == nil))
    for variant in test.variants {
      #expect(test.run(variant).outcome == .passed, "\(variant.name) \(variant.shape)")
    }
  }

  /// A kernel that does not fit is refused when it is bound, before the driver sees it.
  @Test func aKernelThatDoesNotFitIsRefused() throws {
    let small = try Convolution(batch: 1, inputSize: 4, inputChannels: 4, outputChannels: 8, kernelSize: 1)
    for (limits, words) in [
      (DeviceLimits(maximumWorkGroupSize: 64), ["needs work-groups of 256 work-items", "allows 64"]),
      (DeviceLimits(localMemoryBytes: 8 << 10), ["needs 16896 bytes of local memory", "allows 8192"]),
    ] {
      var planner = Planner.gpu
      planner.limit(to: limits)
      // As if it had been planned for another device.
      planner.localTiles = [LocalTile.all[0]]
      let backend = try TestDevice.newBackend(planner)
      let x = try Tensor([Float](repeating: 1, count: 64), shape: small.inputShape, on: backend)
      let w = try Tensor([Float](repeating: 1, count: 32), shape: small.kernelShape, on: backend)
      let y = try Tensor(uninitialized: small.outputShape, on: backend)
      let plan = try backend.plan(for: .convolution(small, bias: false))
      expectError(.unsupportedKernel, naming: words[0], words[1], "local_convolution_correlate") {
        try plan.bind([x.storage, w.storage, y.storage], scratch: nil, label: "convolution")
      }
    }
  }
}
