/// Winograd's algorithms, for kernels of 3x3 and 5x5 at unit stride and of 3x3 at stride 2.
/// `Kernels/OpenCL/winograd/correlate.cl` explains the kernels.
struct Winograd: ConvolutionAlgorithm {
  struct Parameters: AlgorithmParameters {
    /// The register tile.
    var tile: TileShape?
    /// The tiles that are transformed at a time: by a work-item of the fused kernel, with 0 for a kernel of its own that
    /// transforms x; in a gradient those of a range.
    var tiles: Int?

    var details: [String] {
      [tile?.text, tiles.map { $0 == 0 ? "x transformed apart" : "\($0) tiles at a time" }].compactMap(\.self)
    }

    func validate() throws(DeltaCLError) {
      try tile?.validate()
      try Self.require("winograd tiles", tiles, (0...1 << 16).contains, "from 0 to 65536")
    }
  }

  static let name = "winograd"
  static let isExact = false

  /// The cost of a tile's transforms per position and channel, in multiplications.
  private static let transformCost = 16

  let pass: ConvolutionPass
  let convolution: Convolution
  let planner: Planner
  let transform: WinogradTransform

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    self.pass = pass
    convolution = pass.convolution
    self.planner = planner
    guard pass.dense == nil else { throw .otherOperation }
    guard convolution.batch > 0 else { throw .emptyBatch }
    guard convolution.dilation == 1 else { throw .dilation(convolution.dilation) }
    guard convolution.groups == 1 else { throw .groups(convolution.groups) }
    guard let transform = WinogradTransform(pass) else {
      throw .noTransform(pass.direction, kernel: convolution.kernelSize, stride: convolution.stride)
    }
    self.transform = transform
    for channels in [convolution.inputChannels, convolution.outputChannels] {
      guard channels >= WinogradTransform.width else { throw .fewChannels(channels, least: WinogradTransform.width) }
      let least = transform.leastLocalBytes(channels: channels)
      guard planner.localBytes >= least else { throw .localMemory(Double(least), available: planner.localBytes) }
    }
    guard transform.isIndexable(convolution) else { throw .tooLargeToIndex }
  }

  var drawback: Refusal? {
    let results = pass.direction == .delta ? convolution.inputSize : convolution.outputSize
    let tiles = transform.tiles(covering: results)
    let channels = convolution.inputChannels * convolution.outputChannels
    let transformCost = Self.transformCost * (convolution.inputChannels + convolution.outputChannels)
    let needed =
      transform.multiplications(for: results) * channels
      + tiles.rows * tiles.columns * transform.positions * transformCost
    let direct =
      convolution.outputSize.area * transform.taps * transform.taps * channels
    return needed <= direct ? nil : .slower(Double(needed), direct: Double(direct))
  }

  var candidates: [Parameters] {
    let tiles = [(4, 4), (2, 8), (2, 6), (1, 12), (1, 16), (2, 4), (4, 6)].map {
      TileShape(width: planner.maximumVectorWidth, vectors: $0.0, pixels: $0.1)
    }
    let counts = pass.direction == .gradient ? [128, 256, 512, 64, 1024] : [0, 16, 24, 32, 12, 48, 8]
    return [Parameters()] + counts.map { Parameters(tiles: $0) } + tiles.map { Parameters(tile: $0) }
  }

  func launches(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    switch pass.direction {
    case .forward: try forward(parameters, epilogue)
    case .delta: try delta(parameters, epilogue)
    case .gradient: try gradient(parameters)
    }
  }
}
