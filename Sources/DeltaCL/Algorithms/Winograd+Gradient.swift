/// The kernel gradient by Winograd's algorithms; `Kernels/OpenCL/winograd/gradient.cl` explains the kernels.
extension Winograd {
  /// Tiles times channels whose transforms stay in the caches; of 2^15 to 2^18 the fastest on an AVX-512 processor.
  private static let transformElements = 1 << 15
  /// The bytes of products that stay in the last-level cache.
  private static let productBytes = 16 << 20

  func gradient(_ parameters: Parameters) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let width = WinogradTransform.width
    let channels = convolution.inputChannels, outputs = convolution.outputChannels
    let imageTiles = transform.tiles(covering: convolution.outputSize)
    let allTiles = convolution.batch * imageTiles.rows * imageTiles.columns
    let productCount = transform.kernelCount(WinogradTransform.lanes(for: channels) * outputs)
    // The transforms of so many tiles stay in cache, or are as large as the products, which each range of tiles reads and
    // writes. Products that do not stay in cache should be read seldom.
    let fitting = max(Self.transformElements, channels * outputs) / (channels + outputs)
    let isInCache = productCount * ElementType.float32.byteCount <= Self.productBytes
    let range = min(allTiles, parameters.tiles.map { max(16, $0) } ?? (isInCache ? fitting : 512))
    let chosen = WinogradTransform.fitting(parameters.tile, for: channels)
    let vectors = chosen?.vectors ?? WinogradTransform.vectors(for: channels)
    // Each work-item then reads a part of the transforms, some of them many times.
    let areTransformsInCache = allTiles * (channels + outputs) <= 2 * Self.transformElements
    let kernelsAtOnce =
      range == allTiles && areTransformsInCache
      ? transform.kernelsAtOnce(localBytes: planner.localBytes, channels: channels, outputs: outputs, vectors: vectors)
      : nil
    let kernels = kernelsAtOnce ?? WinogradTransform.partChannels(of: outputs, near: 64)
    let kernelParts = ceilingDivision(outputs, kernels)
    let most = vectors == 4 ? 6 : 12
    let pixels = chosen?.pixels ?? ceilingDivision(kernels, ceilingDivision(kernels, most))
    var constants = transform.constants(for: convolution.outputSize).merging([
      "C": channels, "K": outputs, "CB": vectors * width, "GRADIENT": 1, "NV": vectors, "TB": 128, "KB": kernels,
      "MR": min(pixels, outputs - (kernelParts - 1) * kernels),
    ]) { $1 }
    if kernelsAtOnce != nil { constants.merge(["AT_ONCE": 1, "MR": 16 / vectors]) { $1 } }
    let v = try list.scratch(
      .float32, transform.transformCount(range * WinogradTransform.lanes(for: channels)), for: "transformed input")
    let m = try list.scratch(
      .float32, transform.transformCount(range * kernelParts * kernels), for: "transformed output delta")
    let products = kernelsAtOnce != nil ? nil : try list.scratch(.float32, productCount, for: "products")
    // For results that are computed again.
    let padding: KernelArguments = ["top": .int(convolution.padding.top), "left": .int(convolution.padding.left)]
    let input: KernelArguments = ["H": .int(convolution.inputSize.rows), "W": .int(convolution.inputSize.columns)]
    let output: KernelArguments = ["P": .int(convolution.outputSize.rows), "Q": .int(convolution.outputSize.columns)]
    let definition: KernelArguments = ["x": .operand(0), "dy": .operand(1)] + input + output + padding
    for first in stride(from: 0, to: max(allTiles, 1), by: range) {
      let tiles = min(range, allTiles - first)
      let range: KernelArguments = [
        "first": .int(first), "tiles": .int(tiles), "batch": .int(convolution.batch),
        "tileRows": .int(imageTiles.rows), "tileColumns": .int(imageTiles.columns),
      ]
      list.append(
        Launch(
          "winograd_input", in: "winograd/gradient", constants: constants,
          ["x": .operand(0), "v": v] + range + input + padding, globalSize: [tiles]))
      list.append(
        Launch(
          "winograd_delta", in: "winograd/gradient", constants: constants,
          ["dy": .operand(1), "m": m] + range + output,
          globalSize: [tiles]))
      list.append(
        products.map {
          Launch(
            "winograd_gradient", in: "winograd/gradient", constants: constants,
            ["v": v, "m": m, "products": $0] + range,
            globalSize: [kernelParts, transform.positions])
        }
          ?? Launch(
            "winograd_gradient_at_once", in: "winograd/gradient", constants: constants,
            ["v": v, "m": m, "dw": .operand(2)] + range + definition,
            globalSize: [kernelParts, channels / (vectors * width)], localSize: 1))
    }
    if let products {
      list.append(
        Launch(
          "winograd_gradient_sum", in: "winograd/gradient", constants: constants,
          ["products": products, "dw": .operand(2), "batch": .int(convolution.batch)] + definition,
          globalSize: [outputs]))
    }
    return list
  }
}
