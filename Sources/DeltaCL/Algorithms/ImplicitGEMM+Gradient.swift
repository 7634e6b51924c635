extension ImplicitGEMM {
  /// The work-groups that split-K aims for.
  private static let splitWorkGroups = 256
  /// The least pixels in a range of split-K that pay for its partial sums.
  private static let pixelsPerSplit = 512

  func gradient(_ parameters: Parameters) throws(DeltaCLError) -> LaunchList {
    let (groupChannels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    let taps = convolution.taps
    let pixels = convolution.batch * convolution.outputSize.area
    let mostSplits = max(1, pixels / Self.pixelsPerSplit)
    let tile = self.tile(
      parameters, rows: groupKernels, columns: taps, groups: convolution.groups, splits: mostSplits)
    let tiles = tile.count(rows: groupKernels, columns: taps) * convolution.groups
    let splits = min(mostSplits, ceilingDivision(Self.splitWorkGroups, tiles))
    let count = convolution.kernelShape.elementCount

    var list = LaunchList()
    let partial =
      splits == 1 ? .operand(2) : try list.scratch(.float32, splits * count, for: "partial kernel gradients")
    let parts = self.parts(of: ceilingDivision(pixels, splits), in: pixels, tile)
    let constants = self.constants(tile, channels: groupChannels, outputs: groupKernels, outputsAreInnermost: false)
      .merging(parts.constants) { $1 }
    list.append(
      Launch(
        "local_convolution_gradient", in: "convolution/local-gradient", constants: constants,
        [
          "x": .operand(0), "dy": .operand(1), "partial": partial, "pixels": .int(pixels),
          "P": .int(convolution.outputSize.rows), "Q": .int(convolution.outputSize.columns),
          "K": .int(convolution.outputChannels), "splits": .int(splits), "H": .int(convolution.inputSize.rows),
          "W": .int(convolution.inputSize.columns), "C": .int(convolution.inputChannels),
          "xRow": .int(-convolution.padding.top), "xColumn": .int(-convolution.padding.left),
          "strideRows": .int(convolution.stride.rows), "strideColumns": .int(convolution.stride.columns),
          "dilationRows": .int(convolution.dilation.rows), "dilationColumns": .int(convolution.dilation.columns),
          "groups": .int(convolution.groups), "S": .int(convolution.kernelSize.columns),
          "channels": .int(groupChannels), "taps": .int(taps), "outputs": .int(groupKernels),
          "isPadded": .flag(convolution.padding != 0), "partSteps": .int(parts.steps),
        ],
        globalSize: [
          ceilingDivision(taps, tile.columns) * tile.items, ceilingDivision(groupKernels, tile.rows),
          convolution.groups * splits,
        ], localSize: tile.items))
    if splits > 1 {
      list.append(
        Launch(
          "local_convolution_gradient_sum", in: "convolution/local-gradient", constants: constants,
          ["partial": partial, "dw": .operand(2), "count": .int(count), "splits": .int(splits)], globalSize: [count]))
    }
    return list
  }
}
