/// An operation that is a pass of a convolution: algorithms plan it, see ``ConvolutionAlgorithm``.
protocol ConvolutionOperation: Operation {}

extension ConvolutionOperation {
  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList { LaunchList() }
}
