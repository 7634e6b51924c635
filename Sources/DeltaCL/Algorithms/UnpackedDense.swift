/// Dense layers and their deltas that read the weights unpacked: packing would take longer than all multiplications of a small
/// batch. `Kernels/OpenCL/dense/dense.cl` explains the kernels.
struct UnpackedDense: ConvolutionAlgorithm {
  static let name = "unpacked"

  private let pass: ConvolutionPass
  private let dense: Dense
  private let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    guard let dense = pass.dense, pass.direction != .gradient, pass.products == 1 else { throw .otherOperation }
    guard dense.batch > 0 else { throw .emptyBatch }
    guard dense.inputs.isMultiple(of: planner.maximumVectorWidth) else {
      throw .unaligned(dense.inputs, width: planner.maximumVectorWidth)
    }
    self.pass = pass
    self.dense = dense
    self.planner = planner
  }

  var drawback: Refusal? {
    dense.batch <= planner.unpackedRows ? nil : .manyRows(dense.batch, most: planner.unpackedRows)
  }

  func launches(_ parameters: NoParameters, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(pass.direction == .forward ? forward(epilogue) : delta(epilogue))
  }

  private func forward(_ epilogue: EpilogueBinding) -> Launch {
    let width = planner.maximumVectorWidth
    let tile = min(3, dense.outputs), rows = min(8, dense.batch)
    // Chunks of x that stay in the L2 cache, for as many kernels as leave some 32 work-items.
    // Neither a lane's part of a chunk nor the number of chunks may be so large that rounding errors exceed their bound.
    let longest = SumParts.longestChain(of: dense.inputs)
    let chunk = min(max(512, 65536 / dense.batch, longest / 4) / width * width, longest * width)
    let perItem = max(1, min(16, dense.outputs / (32 * tile))) * tile
    let (bias, result) = pass.biasAndResult
    return Launch(
      "dense", in: "dense/dense", constants: ["V": width, "TILE": tile, "ROWS": rows],
      [
        "x": .operand(0), "w": .operand(1), "b": bias, "y": result, "N": .int(dense.batch), "C": .int(dense.inputs),
        "K": .int(dense.outputs), "perItem": .int(perItem), "chunk": .int(chunk), "hasBias": .flag(pass.hasBias),
      ], globalSize: [ceilingDivision(dense.outputs, perItem)], epilogue: epilogue)
  }

  private func delta(_ epilogue: EpilogueBinding) -> Launch {
    let width = planner.maximumVectorWidth
    // Columns whose sums stay in the L1 cache, but so few that some 16 work-items share them.
    let fitting = max(32, min(1024, 8192 / dense.batch, dense.inputs / 16))
    let columns = ceilingDivision(fitting, width) * width
    let parts = SumParts(runs: 1, length: dense.outputs)
    let part = parts.isDivided ? ceilingDivision(parts.length, 16) * 16 : parts.length
    return Launch(
      "dense_delta", in: "dense/dense",
      constants: ["V": width, "N": dense.batch, "COLUMNS": columns].merging(parts.constants) { $1 },
      [
        "dy": .operand(0), "w": .operand(1), "dx": .operand(2), "C": .int(dense.inputs), "K": .int(dense.outputs),
        "part": .int(part),
      ], globalSize: [ceilingDivision(dense.inputs, columns)], epilogue: epilogue)
  }
}
