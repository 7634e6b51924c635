/// The kernel gradient by Winograd's algorithms; `Kernels/OpenCL/winograd/gradient.cl` explains the kernels.
extension Planner {
  func winogradGradient(_ convolution: Convolution, _ transform: WinogradTransform) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let width = WinogradTransform.width
    let channels = convolution.inputChannels, outputs = convolution.outputChannels
    let imageTiles = transform.tiles(covering: convolution.outputSize)
    let allTiles = convolution.batch * imageTiles.rows * imageTiles.columns
    let productCount = transform.kernelCount(WinogradTransform.lanes(for: channels) * outputs)
    // Transforms of so many tiles stay in the processor's caches, or are as large as the products, which each range of tiles
    // reads and writes; products that do not stay in the caches are better read seldom.
    let fitting = max(winogradGradientElements, channels * outputs) / (channels + outputs)
    let isInCache = productCount * ElementType.float32.byteCount <= winogradProductBytes
    let range = min(allTiles, choice.winogradTiles.map { max(16, $0) } ?? (isInCache ? fitting : 512))
    let chosen = WinogradTransform.fitting(choice.tile, for: channels)
    let vectors = chosen?.vectors ?? WinogradTransform.vectors(for: channels)
    // Each work-item then reads a part of the transforms, some of them many times.
    let areTransformsInCache = allTiles * (channels + outputs) <= 2 * winogradGradientElements
    let kernelsAtOnce =
      range == allTiles && areTransformsInCache
      ? transform.kernelsAtOnce(localBytes: winogradLocalBytes, channels: channels, outputs: outputs, vectors: vectors)
      : nil
    let kernels = kernelsAtOnce ?? WinogradTransform.partChannels(of: outputs, near: 64)
    let kernelParts = ceilingDivision(outputs, kernels)
    let most = vectors == 4 ? 6 : 12
    let pixels = chosen?.pixels ?? ceilingDivision(kernels, ceilingDivision(kernels, most))
    var constants = transform.constants(for: convolution.outputSize)
    constants["C"] = channels
    constants["K"] = outputs
    constants["CB"] = vectors * width
    constants["GRADIENT"] = 1
    constants["NV"] = vectors
    constants["TB"] = 128
    constants["KB"] = kernels
    constants["MR"] = min(pixels, outputs - (kernelParts - 1) * kernels)
    if kernelsAtOnce != nil {
      constants["AT_ONCE"] = 1
      constants["MR"] = 16 / vectors
    }
    let v = try list.scratch(
      transform.transformCount(range * WinogradTransform.lanes(for: channels)), for: "transformed input")
    let m = try list.scratch(
      transform.transformCount(range * kernelParts * kernels), for: "transformed output delta")
    let products = kernelsAtOnce != nil ? nil : try list.scratch(productCount, for: "products")
    // For results that are computed again.
    let definition: [Launch.Argument] = [
      .operand(0), .operand(1), .int(convolution.inputSize.rows), .int(convolution.inputSize.columns),
      .int(convolution.outputSize.rows), .int(convolution.outputSize.columns), .int(convolution.padding.top),
      .int(convolution.padding.left),
    ]
    for first in stride(from: 0, to: max(allTiles, 1), by: range) {
      let tiles = min(range, allTiles - first)
      let tileArguments: [Launch.Argument] = [
        .int(first), .int(tiles), .int(convolution.batch), .int(imageTiles.rows), .int(imageTiles.columns),
      ]
      list.append(
        Launch(
          "winograd_input", in: "winograd/gradient", constants: constants,
          [.operand(0), v] + tileArguments + [
            .int(convolution.inputSize.rows), .int(convolution.inputSize.columns), .int(convolution.padding.top),
            .int(convolution.padding.left),
          ], globalSize: [tiles]))
      list.append(
        Launch(
          "winograd_delta", in: "winograd/gradient", constants: constants,
          [.operand(1), m] + tileArguments + [.int(convolution.outputSize.rows), .int(convolution.outputSize.columns)],
          globalSize: [tiles]))
      list.append(
        products.map {
          Launch(
            "winograd_gradient", in: "winograd/gradient", constants: constants,
            [v, m, $0] + tileArguments,
            globalSize: [kernelParts, transform.positions])
        }
          ?? Launch(
            "winograd_gradient_at_once", in: "winograd/gradient", constants: constants,
            [v, m, .operand(2)] + tileArguments + definition,
            globalSize: [kernelParts, channels / (vectors * width)], localSize: 1))
    }
    if let products {
      list.append(
        Launch(
          "winograd_gradient_sum", in: "winograd/gradient", constants: constants,
          [products, .operand(2), .int(convolution.batch)] + definition, globalSize: [outputs]))
    }
    return list
  }
}
