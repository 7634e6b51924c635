/// The delta of few input channels; `Kernels/OpenCL/convolution/delta-gather.cl` explains the kernel.
extension Planner {
  /// Its sizes and register tile.
  private struct Gather {
    let convolution: Convolution
    /// Taps by pixels of dy.
    let tile: RegisterTile

    /// The taps of all input channels.
    var taps: Int { convolution.kernelSize.rows * convolution.kernelSize.columns * convolution.inputChannels }

    /// The pixels of a row of dy with those that fill its last register tile.
    var rowLanes: Int { ceilingDivision(convolution.outputSize.columns, tile.lanes) * tile.lanes }

    /// The columns of a phase of dx with those that fill the last vector.
    var phaseLanes: Int {
      let columns = (convolution.inputSize.columns - 1 + convolution.padding.left) / convolution.stride.columns + 1
      return ceilingDivision(columns, tile.width) * tile.width
    }

    /// The zeros before the products of a tap.
    var padding: Int {
      let shift = (convolution.kernelSize.columns - 1) * convolution.dilation.columns / convolution.stride.columns
      return ceilingDivision(shift, tile.width) * tile.width
    }

    /// The rows of products that a row of dx needs.
    var ring: Int { (convolution.kernelSize.rows - 1) * convolution.dilation.rows / convolution.stride.rows + 1 }

    /// The distance of the taps' products.
    var step: Int { padded(padding + max(rowLanes, phaseLanes)) }

    /// The distance of the channels of a transposed row of dy.
    var rowStep: Int { padded(rowLanes) }

    /// A distance at which neighbours do not share a set of the first cache.
    private func padded(_ count: Int) -> Int { count.isMultiple(of: 64) ? count + tile.width : count }

    /// The local memory that a work-item takes, which may be far more than there is.
    var localBytes: Double {
      let row = Double(convolution.outputChannels) * Double(rowStep)
      let sums = Double(convolution.stride.columns) * Double(convolution.inputChannels) * Double(phaseLanes)
      return (row + Double(ring) * Double(taps) * Double(step) + sums) * Double(ElementType.float32.byteCount)
    }

    /// The bands of an image's rows, of which each computes the products anew that it shares with the one before: enough for
    /// many cores, but so few that this takes little time.
    var bands: Int {
      let wanted = ceilingDivision(64, max(1, convolution.batch))
      return max(1, min(wanted, convolution.outputSize.rows / (8 * ring)))
    }

    /// In multiplications, of which a vector's take half a cycle.
    var cost: Double {
      let rows = convolution.outputSize.rows + (bands - 1) * (ring - 1)
      // A product is stored and added; an element of dx is stored alone.
      let products = Double(rows) * Double(rowLanes) * Double(taps) * Double(convolution.outputChannels + 6)
      return products + 64
        * Double(convolution.inputSize.rows * convolution.inputSize.columns * convolution.inputChannels)
    }
  }

  private func gather(_ convolution: Convolution) -> Gather {
    let taps = convolution.kernelSize.rows * convolution.kernelSize.columns * convolution.inputChannels
    let columns = convolution.outputSize.columns
    return Gather(
      convolution: convolution,
      tile: registerTile(pixels: taps, channels: columns, width: vectorWidth(covering: columns), pixelStep: 1))
  }

  /// Whether the delta takes less time as products of dy with all taps, whose rows are gathered: where the input has so
  /// few channels that they would leave most lanes of a vector empty.
  func gathersDelta(_ convolution: Convolution) -> Bool {
    guard convolution.inputChannels < 2 * maximumVectorWidth, canGather(convolution) else { return false }
    func area(_ extent: Extent) -> Double { Double(extent.rows) * Double(extent.columns) }
    let lanes = ceilingDivision(convolution.inputChannels, maximumVectorWidth) * maximumVectorWidth
    let direct =
      area(convolution.inputSize) * area(convolution.kernelSize) / area(convolution.stride)
      * Double(convolution.outputChannels * lanes)
    return gather(convolution).cost < direct
  }

  /// Whether the delta can be computed as products of dy with all taps.
  func canGather(_ convolution: Convolution) -> Bool {
    let kernel = convolution.kernelSize
    let rowOfProducts = Shape([kernel.rows, kernel.columns, convolution.inputChannels, convolution.outputSize.columns])
    return convolution.groups == 1 && convolution.batch > 0 && rowOfProducts.elementCount <= gatherLocalBytes
      && gather(convolution).localBytes <= Double(gatherLocalBytes)
  }

  func gatheredDelta(_ convolution: Convolution) -> LaunchList {
    let gather = gather(convolution)
    let input = convolution.inputSize, output = convolution.outputSize
    let items = convolution.batch * gather.bands
    var list = LaunchList()
    list.append(
      Launch(
        "convolution_delta_gather", in: "convolution/delta-gather",
        constants: [
          "V": gather.tile.width, "NV": gather.tile.vectors, "TILE": gather.tile.pixels,
          "K": convolution.outputChannels, "C": convolution.inputChannels, "R": convolution.kernelSize.rows,
          "S": convolution.kernelSize.columns, "ROW_STRIDE": convolution.stride.rows,
          "COLUMN_STRIDE": convolution.stride.columns, "ROW_DILATION": convolution.dilation.rows,
          "COLUMN_DILATION": convolution.dilation.columns, "Q_LANES": gather.rowLanes, "Q_STEP": gather.rowStep,
          "LANES": gather.phaseLanes, "PAD": gather.padding, "STEP": gather.step, "RING": gather.ring,
          "PART": SumParts.longestChain(of: convolution.outputChannels * gather.taps / convolution.inputChannels),
        ],
        [
          .operand(0), .operand(1), .operand(2), .int(items), .int(gather.bands), .int(input.rows),
          .int(input.columns), .int(output.rows), .int(output.columns), .int(convolution.padding.top),
          .int(convolution.padding.left),
        ], globalSize: [items], localSize: 1, storesResult: true))
    return list
  }
}
