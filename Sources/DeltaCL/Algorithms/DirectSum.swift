/// The sum of the definition's products: a correlation of a padded image with packed kernels, for the delta phase by phase, and for
/// the gradient a sum over pixels in stages. It does every pass.
struct DirectSum: ConvolutionAlgorithm {
  /// What the lanes of a vector are in a gradient.
  enum Lanes: String, Hashable, Sendable, Codable, CaseIterable {
    /// Neighbouring taps of one kernel.
    case taps
    /// Neighbouring kernels.
    case kernels
  }

  struct Parameters: AlgorithmParameters {
    /// The register tile.
    var tile: TileShape?
    /// What the lanes are in a gradient.
    var lanes: Lanes?
    /// Split-K: the ranges of pixels that a gradient's sums are split into.
    var splits: Int?
    /// The output pixels of a chunk, which a gradient processes for all taps before the next.
    var chunkPixels: Int?

    var details: [String] {
      [
        tile?.text, lanes.map { "lanes of \($0.rawValue)" }, splits.map { "split-K \($0)" },
        chunkPixels.map { "chunks of \($0) pixels" },
      ].compactMap(\.self)
    }

    func validate() throws(DeltaCLError) {
      try tile?.validate()
      try Self.require("split-K", splits, (1...1024).contains, "from 1 to 1024")
      try Self.require("chunk pixels", chunkPixels, (1...1 << 16).contains, "from 1 to 65536")
    }
  }

  static let name = "direct"

  let pass: ConvolutionPass
  let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) {
    self.pass = pass
    self.planner = planner
  }

  func launches(
    _ parameters: Parameters, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    switch pass.direction {
    case .forward: try forward(parameters, epilogue)
    case .delta: try delta(parameters, epilogue)
    case .gradient: try gradient(parameters)
    }
  }
}
