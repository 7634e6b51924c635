/// The kernel gradient by Winograd's algorithms; `Kernels/OpenCL/winograd-gradient.cl` explains the kernels.
extension Planner {
  func winogradGradient(_ convolution: Convolution, _ transform: WinogradTransform) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let width = WinogradTransform.width
    let channels = convolution.inputChannels, outputs = convolution.outputChannels
    let imageTiles = transform.tiles(covering: convolution.outputSize)
    let allTiles = convolution.batch * imageTiles.rows * imageTiles.columns
    let productCount = transform.kernelCount(WinogradTransform.lanes(for: channels) * outputs)
    // Transforms of so many tiles stay in the processor's caches; products that do not are better read seldom.
    let fitting = max(64, winogradGradientElements / (channels + outputs))
    let isInCache = productCount * ElementType.float32.byteCount <= winogradProductBytes
    let range = min(allTiles, choice.winogradTiles.map { max(16, $0) } ?? (isInCache ? fitting : 512))
    let chosen = WinogradTransform.fitting(choice.tile, for: channels)
    let vectors = chosen?.vectors ?? WinogradTransform.vectors(for: channels)
    let kernels = ceilingDivision(outputs, ceilingDivision(outputs, 64))
    let most = vectors == 4 ? 6 : 12
    var constants = transform.constants
    constants["C"] = channels
    constants["K"] = outputs
    constants["CB"] = channels
    constants["GRADIENT"] = 1
    constants["NV"] = vectors
    constants["TB"] = 128
    constants["KB"] = kernels
    constants["MR"] = min(chosen?.pixels ?? ceilingDivision(kernels, ceilingDivision(kernels, most)), outputs)
    // Each work-item then reads a part of the transforms, some of them many times.
    let areTransformsInCache = allTiles * (channels + outputs) <= 2 * winogradGradientElements
    let kernelsAtOnce =
      range == allTiles && areTransformsInCache
      ? transform.kernelsAtOnce(localBytes: winogradLocalBytes, channels: channels, outputs: outputs, vectors: vectors)
      : nil
    if let kernelsAtOnce {
      constants["AT_ONCE"] = 1
      constants["KB"] = kernelsAtOnce
      constants["MR"] = 16 / vectors
    }
    let v = try list.scratch(transform.transformCount(range * (channels + width)), for: "transformed input")
    let m = try list.scratch(transform.transformCount(range * (outputs + width)), for: "transformed output delta")
    let products = kernelsAtOnce != nil ? nil : try list.scratch(productCount, for: "products")
    for first in stride(from: 0, to: max(allTiles, 1), by: range) {
      let tiles = min(range, allTiles - first)
      let tileCounts: [Launch.Argument] = [.int(first), .int(tiles), .int(imageTiles.rows), .int(imageTiles.columns)]
      list.append(
        Launch(
          "winograd_input", in: "winograd-gradient", constants: constants,
          [.operand(0), v] + tileCounts + [
            .int(convolution.inputSize.rows), .int(convolution.inputSize.columns), .int(convolution.padding.top),
            .int(convolution.padding.left),
          ], globalSize: [tiles]))
      list.append(
        Launch(
          "winograd_delta", in: "winograd-gradient", constants: constants,
          [.operand(1), m] + tileCounts + [.int(convolution.outputSize.rows), .int(convolution.outputSize.columns)],
          globalSize: [tiles]))
      list.append(
        products.map {
          Launch(
            "winograd_gradient", in: "winograd-gradient", constants: constants,
            [v, m, $0, .int(tiles), .int(first == 0 ? 1 : 0)],
            globalSize: [ceilingDivision(outputs, kernels), transform.positions])
        }
          ?? Launch(
            "winograd_gradient_at_once", in: "winograd-gradient", constants: constants,
            [v, m, .operand(2), .int(tiles)],
            globalSize: [outputs / (kernelsAtOnce ?? outputs), channels / (vectors * width)], localSize: 1))
    }
    if let products {
      list.append(
        Launch(
          "winograd_gradient_sum", in: "winograd-gradient", constants: constants, [products, .operand(2)],
          globalSize: [outputs])
      )
    }
    return list
  }
}
