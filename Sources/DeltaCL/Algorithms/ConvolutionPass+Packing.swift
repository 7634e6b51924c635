/// What direct sums have in common, whether they read padded images or pad row by row.
extension ConvolutionPass {
  /// Appends the launch that packs kernels and biases for a register tile.
  ///
  /// - Parameters:
  ///   - groupKernels: The kernels of a group.
  ///   - groups: The number of groups.
  ///   - taps: The weights of a kernel.
  ///   - tile: The tile, whose lanes are kernels.
  ///   - list: What the launch is appended to.
  /// - Returns: The packed kernels, `ceil(groupKernels / lanes)` blocks for each group.
  func packKernels(
    _ groupKernels: Int, groups: Int, taps: Int, tile: RegisterTile, _ list: inout LaunchList
  ) throws(DeltaCLError) -> Launch.Argument {
    let blocksPerGroup = ceilingDivision(groupKernels, tile.lanes)
    let blocks = blocksPerGroup * groups
    let packed = try list.scratch(.float32, blocks * ((1 + taps) * tile.lanes + 1), for: "packed kernels")
    list.append(
      Launch(
        "convolution_pack", in: "convolution/pack", constants: ["V": tile.width, "NV": tile.vectors],
        [
          "w": .operand(1), "b": biasAndResult.bias, "packed": packed, "blocks": .int(blocks),
          "blocksPerGroup": .int(blocksPerGroup), "groupKernels": .int(groupKernels), "taps": .int(taps),
          "hasBias": .flag(hasBias),
        ], globalSize: [blocks]))
    return packed
  }

  /// Appends the launch that adds up the partial kernel gradients of a split sum, whose lanes are kernels.
  ///
  /// - Parameters:
  ///   - partial: The partial sums, `[splits, blocks, lines, runLength, lanes]`.
  ///   - lines: The runs of a kernel.
  ///   - runLength: The weights of a run.
  ///   - splits: The number of partial sums.
  ///   - tile: The tile that they were computed with.
  ///   - list: What the launch is appended to.
  func sumKernelGradients(
    _ partial: Launch.Argument, lines: Int, runLength: Int, splits: Int, tile: RegisterTile, _ list: inout LaunchList
  ) {
    let groupKernels = convolution.groupKernels
    let blocksPerGroup = ceilingDivision(groupKernels, tile.lanes)
    let blocks = blocksPerGroup * convolution.groups
    list.append(
      Launch(
        "convolution_gradient_kernels_sum", in: "convolution/gradient-sum",
        constants: ["V": tile.width, "NV": tile.vectors],
        [
          "partial": partial, "dw": .operand(2), "groupKernels": .int(groupKernels),
          "blocksPerGroup": .int(blocksPerGroup), "blocks": .int(blocks), "lines": .int(lines),
          "runLength": .int(runLength), "splits": .int(splits),
        ], globalSize: [lines, blocks]))
  }
}
