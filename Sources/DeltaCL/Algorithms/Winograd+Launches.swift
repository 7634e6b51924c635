/// Forward passes and deltas.
extension Winograd {
  func forward(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    try correlation(
      parameters, x: convolution.inputSize, channels: convolution.inputChannels, y: convolution.outputSize,
      outputs: convolution.outputChannels, offset: (convolution.padding.top, convolution.padding.left), epilogue)
  }

  func delta(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    let padding = convolution.padding
    func offset(_ padding: Int) -> Int {
      transform.stride == 1 ? transform.taps - 1 - padding : 1 - (padding + 1) / 2
    }
    return try correlation(
      parameters, x: convolution.outputSize, channels: convolution.outputChannels, y: convolution.inputSize,
      outputs: convolution.inputChannels, offset: (offset(padding.top), offset(padding.left)),
      phase: (padding.top % transform.stride, padding.left % transform.stride), epilogue)
  }

  private func correlation(
    _ parameters: Parameters, x: Extent, channels: Int, y: Extent, outputs: Int, offset: (top: Int, left: Int),
    phase: (rows: Int, columns: Int) = (0, 0), _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let geometry = Correlation(
      transform, batch: convolution.batch, outputSize: y, channels: channels, outputs: outputs,
      tile: parameters.tile)
    var constants = transform.constants(for: y).merging(epilogue.constants) { $1 }
    constants.merge(["C": channels, "K": outputs, "ROW_PHASE": phase.rows, "COLUMN_PHASE": phase.columns]) { $1 }
    let (bias, result) = pass.biasAndResult
    let operands: KernelArguments = ["w": .operand(1), "b": bias, "y": result]
    let grid: KernelArguments = [
      "batch": .int(convolution.batch), "tileRows": .int(geometry.imageTiles.rows),
      "tileColumns": .int(geometry.imageTiles.columns), "H": .int(x.rows), "W": .int(x.columns),
      "top": .int(offset.top), "left": .int(offset.left),
    ]
    let results: KernelArguments = ["P": .int(y.rows), "Q": .int(y.columns), "hasBias": .flag(pass.hasBias)]
    if let block = geometry.fusedBlock(localBytes: planner.localBytes, wanted: parameters.tiles) {
      let blocks = [
        "FUSED": 1, "CB": WinogradTransform.partChannels(ofFused: channels), "TB": block.tiles, "KB": block.outputs,
        "NV": geometry.vectors, "MR": geometry.pixels,
      ]
      constants.merge(blocks) { $1 }
      let u = try list.scratch(.float32, geometry.kernelCount, for: "transformed kernels")
      list.append(
        Launch(
          "winograd_pack", in: "winograd/correlate", constants: constants, ["w": .operand(1), "u": u],
          globalSize: [
            geometry.lanes / (geometry.vectors * WinogradTransform.width),
            ceilingDivision(channels, WinogradTransform.width),
          ]))
      list.append(
        Launch(
          "winograd_correlate", in: "winograd/correlate", constants: constants,
          ["x": .operand(0), "u": u] + operands + ["tiles": .int(geometry.tiles)] + grid + results,
          globalSize: [ceilingDivision(geometry.tiles, block.tiles)], localSize: 1, epilogue: epilogue))
      return list
    }
    let blocks = geometry.blocks(localBytes: planner.localBytes, tile: parameters.tile)
    let partChannels = WinogradTransform.partChannels(of: channels)
    constants.merge(["TB": blocks.tiles, "CB": partChannels, "NV": blocks.vectors, "MR": blocks.pixels]) { $1 }
    let v = try list.scratch(
      .float32, transform.transformCount(blocks.tiles * ceilingDivision(channels, partChannels) * partChannels),
      for: "transformed input")
    for block in blocks.ranges {
      let range: KernelArguments = ["first": .int(block.lowerBound), "tiles": .int(block.count)]
      list.append(
        Launch(
          "winograd_input", in: "winograd/correlate", constants: constants, ["x": .operand(0), "v": v] + range + grid,
          globalSize: [blocks.tiles]))
      list.append(
        Launch(
          "winograd_transform_multiply", in: "winograd/correlate", constants: constants,
          ["v": v, "x": .operand(0)] + operands + range + grid + results,
          globalSize: [geometry.lanes / (blocks.vectors * WinogradTransform.width)], localSize: 1, epilogue: epilogue))
    }
    return list
  }
}
