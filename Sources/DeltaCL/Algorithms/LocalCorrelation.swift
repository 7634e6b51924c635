/// A correlation of an image with kernels as the local family computes it: a forward pass, or one phase of a delta.
struct LocalCorrelation {
  /// Where the weight of kernel row r, column s, channel c for output k lies: at
  /// `first + r * row + s * column + c * channel + k * output`, plus `group` for each group before.
  struct Weights {
    let first: Int
    let row: Int
    let column: Int
    let channel: Int
    let output: Int
    let group: Int
  }

  let batch: Int
  /// The pixels that are computed of each image.
  let computed: Extent
  let groups: Int

  let input: Extent
  /// The channels of a group that a sum runs over.
  let channels: Int
  /// The first cell of the first window; may lie outside of the image.
  let first: (row: Int, column: Int)
  let stride: Extent
  let dilation: Extent
  let kernelSize: Extent

  let output: Extent
  /// The output channels of a group.
  let outputs: Int
  /// Where the computed pixels go.
  let outputFirst: (row: Int, column: Int)
  let outputStep: Extent
  let weights: Weights
  /// The matrix products that there are in place of groups, and the distances of their x and their results.
  let products: Int
  let xStep: Int?
  let yStep: Int?

  /// Whether some window reaches beyond the image.
  var isPadded: Bool {
    func last(_ first: Int, _ count: Int, _ stride: Int, _ taps: Int, _ dilation: Int) -> Int {
      first + (count - 1) * stride + (taps - 1) * dilation
    }
    return first.row < 0 || first.column < 0
      || last(first.row, computed.rows, stride.rows, kernelSize.rows, dilation.rows) >= input.rows
      || last(first.column, computed.columns, stride.columns, kernelSize.columns, dilation.columns) >= input.columns
  }

  /// What the kernel takes: the pixels computed, the image, the windows, the weights, and where the results go.
  var arguments: KernelArguments {
    let image: KernelArguments = [
      "P": .int(computed.rows), "Q": .int(computed.columns), "H": .int(input.rows), "W": .int(input.columns),
      "C": .int(channels * groups), "xGroup": .int(xStep ?? channels), "xRow": .int(first.row),
      "xColumn": .int(first.column),
      "strideRows": .int(stride.rows), "strideColumns": .int(stride.columns), "dilationRows": .int(dilation.rows),
      "dilationColumns": .int(dilation.columns),
    ]
    let sum: KernelArguments = [
      "S": .int(kernelSize.columns), "channels": .int(channels),
      "terms": .int(kernelSize.rows * kernelSize.columns * channels), "outputs": .int(outputs),
      "wFirst": .int(weights.first), "wRow": .int(weights.row), "wColumn": .int(weights.column),
      "wChannel": .int(weights.channel), "wOutput": .int(weights.output), "wGroup": .int(weights.group),
    ]
    let result: KernelArguments = [
      "YH": .int(output.rows), "YW": .int(output.columns), "YC": .int(outputs * groups),
      "yGroup": .int(yStep ?? outputs),
      "yRow": .int(outputFirst.row), "yColumn": .int(outputFirst.column), "yRowStep": .int(outputStep.rows),
      "yColumnStep": .int(outputStep.columns),
    ]
    return image + sum + result
  }
}
