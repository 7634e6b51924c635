extension DirectSum {
  var candidates: [Parameters] {
    [Parameters()] + (pass.direction == .gradient ? gradientCandidates : tileCandidates.map { Parameters(tile: $0) })
  }

  /// The tiles of a forward pass or a delta.
  private var tileCandidates: [TileShape] {
    let convolution = (try? pass.convolution.inOneRow) ?? pass.convolution
    let isForward = pass.direction == .forward
    let channels = isForward ? convolution.groupKernels : convolution.groupChannels
    let pixels =
      isForward ? convolution.outputSize.columns : DeltaPhase.all(convolution.columnAxis).map(\.count).min() ?? 1
    return TileShape.candidates(
      pixels: pixels, channels: channels, width: planner.vectorWidth(covering: channels), fits: false)
  }

  private var gradientCandidates: [Parameters] {
    let convolution = pass.convolution
    let run = Runs(
      columns: convolution.kernelSize.columns, step: convolution.dilation.columns, channels: convolution.inputChannels,
      groupChannels: convolution.groupChannels
    ).length
    func tiles(_ lanes: Lanes, pixels: Int, channels: Int) -> [Parameters] {
      let width = planner.vectorWidth(within: channels)
      let tiles = TileShape.candidates(pixels: pixels, channels: channels, width: width, fits: true)
      return [Parameters(lanes: lanes)] + tiles.map { Parameters(tile: $0, lanes: lanes) }
    }
    let splits = [16, 4, 32, 8, 2, 64, 1].filter { $0 <= convolution.batch * convolution.outputSize.rows }
    return interleaved([
      tiles(.taps, pixels: convolution.groupKernels, channels: run),
      tiles(.kernels, pixels: run, channels: convolution.groupKernels),
      splits.map { Parameters(splits: $0) }, [56, 224, 28, 448].map { Parameters(chunkPixels: $0) },
    ])
  }
}
