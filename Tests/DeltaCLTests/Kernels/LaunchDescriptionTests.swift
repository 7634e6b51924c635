import Testing

@testable import DeltaCL

@Suite struct LaunchDescriptionTests {
  private let convolution: Convolution

  init() throws {
    convolution = try Convolution(
      batch: 1, inputSize: 4, inputChannels: 4, outputChannels: 8, kernelSize: 3, padding: 1)
  }

  /// 16 pixels and 8 channels are one tile of 32 x 32, which 64 work-items do.
  @Test func ofAConvolution() throws {
    let launches = try TensorOperation.convolution(convolution, bias: true).launches(on: .nvidia, subgroupSizes: [])
    #expect(launches.count == 1)
    let launch = try #require(launches.first)
    #expect(launch.kernel == "local_convolution_correlate")
    #expect(launch.source == "convolution/local-correlate")
    #expect(launch.constants["TM"] == 32 && launch.constants["WM"] == 4)
    #expect(launch.globalSize == [64, 1, 1] && launch.localSize == 64)
    #expect(launch.parameters.starts(with: ["x", "w", "bias", "y", "hasBias"]))
    #expect(launch.integers["terms"] == 3 * 3 * 4 && launch.integers["pixels"] == 16)
    #expect(
      launch.buffers == [
        .init(name: "x", byteCount: 4 * 4 * 4 * 4, access: "read"),
        .init(name: "w", byteCount: 8 * 3 * 3 * 4 * 4, access: "read"),
        .init(name: "bias", byteCount: 8 * 4, access: "read"),
        .init(name: "y", byteCount: 4 * 4 * 8 * 4, access: "write"),
      ])
  }

  /// Without a size of its own a kernel gets the planner's, of which the global size is a multiple.
  @Test func sizesAreRoundedUp() throws {
    let launches = try TensorOperation.add(count: 100).launches(on: .nvidia, subgroupSizes: [])
    let launch = try #require(launches.first)
    #expect(launch.globalSize == [64] && launch.localSize == 64)
  }

  @Test func scratchIsToldFromOperands() throws {
    let gradient = try Convolution(
      batch: 8, inputSize: 32, inputChannels: 4, outputChannels: 8, kernelSize: 3, padding: 1)
    let launches = try TensorOperation.convolutionGradient(gradient).launches(on: .nvidia, subgroupSizes: [])
    #expect(launches.map(\.kernel) == ["local_convolution_gradient", "local_convolution_gradient_sum"])
    let splits = 8 * 32 * 32 / 512
    #expect(
      launches.first?.buffers.last
        == .init(name: "partial", byteCount: splits * 8 * 3 * 3 * 4 * 4, access: "scratch"))
  }

  @Test func vendorsHaveTilesOfTheirOwn() throws {
    #expect(GPUVendor(vendorID: 0x10DE) == .nvidia && GPUVendor(vendorID: 0x1002) == .amd)
    #expect(GPUVendor(vendorID: 0x8086) == .intel && GPUVendor(vendorID: 0x1234) == nil)
    #expect(LocalTile.tiles(for: nil) == LocalTile.all)
    let large = try Convolution(
      batch: 32, inputSize: 56, inputChannels: 128, outputChannels: 128, kernelSize: 3, padding: 1)
    func constants(_ vendor: GPUVendor, _ subgroupSizes: [Int]) throws -> [String: Int] {
      try #require(
        TensorOperation.convolution(large, bias: true).launches(on: vendor, subgroupSizes: subgroupSizes).first
      ).constants
    }
    #expect(try constants(.nvidia, []) == constants(.amd, []))
    let nvidia = try constants(.nvidia, [])
    #expect(nvidia["WM"] == 8 && nvidia["WN"] == 8 && nvidia["SUB_GROUP"] == nil)
    let intel = try constants(.intel, [8, 16, 32])
    #expect(intel["TM"] == 64 && intel["WM"] == 4 && intel["SUB_GROUP"] == 8)
    #expect(try constants(.intel, [16, 32])["SUB_GROUP"] == 16)
    #expect(try constants(.intel, [])["SUB_GROUP"] == nil)
  }
}
