/// One of Winograd's algorithms, by its sizes along an axis; `Kernels/OpenCL/winograd/algorithm.h` has the mathematics.
struct WinogradTransform {
  /// The vector width, and the least number of channels.
  static let width = 16

  /// The taps of a kernel.
  let taps: Int
  /// The stride of the convolution.
  let stride: Int
  /// Whether it is for a delta, which has other tiles if the stride is not 1.
  let isRotated: Bool

  /// The algorithm for a convolution's forward pass, delta or gradient; `nil` if there is none.
  init?(_ pass: ConvolutionPass) {
    switch (pass.convolution.kernelSize, pass.convolution.stride, pass.direction) {
    case (3, 1, _), (5, 1, _), (3, 2, .forward), (3, 2, .delta):
      taps = pass.convolution.kernelSize.rows
      stride = pass.convolution.stride.rows
      isRotated = pass.direction == .delta
    default: return nil
    }
  }

  /// Multiplications of a tile along an axis.
  var products: Int { stride == 1 ? taps + 3 : 9 }
  /// Values that a kernel is transformed into along an axis.
  var kernelValues: Int { stride == 1 ? products : 6 }
  /// Results of a tile along an axis.
  var results: Int { stride != 1 && isRotated ? 8 : 4 }
  /// A tile's products.
  var positions: Int { products * products }

  /// The rows and columns of tiles that cover `results`.
  func tiles(covering results: Extent) -> Extent {
    Extent(ceilingDivision(results.rows, self.results), ceilingDivision(results.columns, self.results))
  }

  /// The results of the last, cut off tile along each axis; 0 if it is whole.
  func rest(of results: Extent) -> Extent { Extent(results.rows % self.results, results.columns % self.results) }

  /// The multiplications of a tile along an axis, of which `rest` results are in the image; 0 stands for all.
  func products(ofRest rest: Int) -> Int {
    if rest == 0 { return products }
    return stride == 1 ? rest + taps - 1 : isRotated ? rest + 1 : 2 * rest + 1
  }

  /// The multiplications for an image of `results`, for each pair of channels.
  func multiplications(for results: Extent) -> Int {
    func multiplications(_ results: Int) -> Int {
      let rest = results % self.results
      return results / self.results * products + (rest > 0 ? products(ofRest: rest) : 0)
    }
    return multiplications(results.rows) * multiplications(results.columns)
  }

  /// The steps of `pixels` tiles that the multiplications of `tiles` take, numbered as in `winograd/tiles.h`.
  func steps(of pixels: Int, tiles: Range<Int>, batch: Int, results: Extent) -> Int {
    let rest = rest(of: results)
    let rows = products(ofRest: rest.rows), columns = products(ofRest: rest.columns)
    let wholeRows = results.rows / self.results, wholeColumns = results.columns / self.results
    // The first whole tile, the first cut off at the right, and the first cut off at both.
    let whole = rest.rows > 0 ? batch * wholeColumns : 0
    let right = whole + batch * wholeRows * wholeColumns
    let both = rest.columns > 0 ? right + batch * wholeRows : right
    func steps(_ range: Range<Int>) -> Int { ceilingDivision(range.clamped(to: tiles).count, pixels) }
    return rows * columns * steps(tiles) + (products - rows) * columns * steps(whole..<both)
      + rows * (products - columns) * steps(0..<right) + (products - rows) * (products - columns) * steps(whole..<right)
  }

  /// The elements of transforms that have `count` at each position, and of the vector that keeps positions apart.
  func transformCount(_ count: Int) -> Int { positions * (count + Self.width) }

  /// The same for kernels.
  func kernelCount(_ count: Int) -> Int { kernelValues * kernelValues * (count + Self.width) }

  /// What kernels for images of `results` are built with.
  func constants(for results: Extent) -> [String: Int] {
    let rest = rest(of: results)
    var constants = [
      "V": Self.width, "TAPS": taps, "STRIDE": stride, "ROW_PHASE": 0, "COLUMN_PHASE": 0, "ROW_REST": rest.rows,
      "COLUMN_REST": rest.columns,
    ]
    if isRotated { constants["ROTATED"] = 1 }
    return constants
  }

  /// Whether the transforms, which are larger than the tensors, can be indexed.
  func isIndexable(_ convolution: Convolution) -> Bool {
    // No direction has more tiles: a delta has more results than a forward pass, or at stride 2 larger tiles.
    let rows = ceilingDivision(convolution.outputSize.rows + taps, 4) + 1
    let columns = ceilingDivision(convolution.outputSize.columns + taps, 4) + 1
    let channels = max(convolution.inputChannels, convolution.outputChannels) + Self.width
    return Shape([positions, convolution.batch, rows, columns, channels]).elementCount
      <= Shape.maximumElementCount
      && Shape([
        positions, convolution.inputChannels + Self.width,
        convolution.outputChannels + 4 * Self.width,
      ]).elementCount <= Shape.maximumElementCount
  }

  // MARK: Channels

  /// The most vectors of a register tile that divide those of `channels`.
  static func vectors(for channels: Int) -> Int {
    [4, 2, 1].first { lanes(for: channels) % ($0 * width) == 0 } ?? 1
  }

  /// The register tile that was chosen, if its vectors divide those of `channels`.
  static func fitting(_ tile: TileShape?, for channels: Int) -> TileShape? {
    tile.flatMap { $0.width == width && lanes(for: channels) % ($0.vectors * width) == 0 ? $0 : nil }
  }

  /// Channels, padded to whole vectors.
  static func lanes(for channels: Int) -> Int { ceilingDivision(channels, width) * width }

  /// The channels that a work-item processes at a time: near `count`, dividing all, or leaving at least a vector.
  static func partChannels(of channels: Int, near count: Int = 32) -> Int {
    let counts = [count, count / 2] + Array(count + 1...count * 3 / 2) + Array(count / 2 + 1..<count)
    return counts.first { channels % $0 == 0 } ?? counts.first { channels > $0 && channels % $0 >= width } ?? channels
  }

  /// The channels that the fused kernel sums over at a time: equal parts of about 64, whose sums round less than one long sum
  /// and cost little to add.
  static func partChannels(ofFused channels: Int) -> Int {
    ceilingDivision(channels, ceilingDivision(channels, 64))
  }

  // MARK: Local memory

  /// The tiles of a block for which there must be local memory.
  static let leastBlockTiles = 16

  /// The local memory without which the algorithm is not used.
  func leastLocalBytes(channels: Int) -> Int {
    (blockKernelCount(vectors: 1, channels: channels) + transformCount(Self.width * Self.leastBlockTiles))
      * ElementType.float32.byteCount
  }

  /// The tiles of which a work-item keeps the products of `vectors` vectors of kernels, which it transforms, in
  /// `localBytes`; negative if not even the kernels fit.
  func blockTiles(vectors: Int, channels: Int, localBytes: Int) -> Int {
    let products = localBytes / ElementType.float32.byteCount - blockKernelCount(vectors: vectors, channels: channels)
    return (products / positions - Self.width) / (vectors * Self.width)
  }

  /// The elements of the kernels that a work-item transforms at a time.
  private func blockKernelCount(vectors: Int, channels: Int) -> Int {
    kernelCount(vectors * Self.width * Self.partChannels(of: channels))
  }

  /// The kernels of a work-item that keeps all products of a gradient with `vectors` vectors of channels; `nil` if
  /// there would be too few work-items, or the products do not fit.
  func kernelsAtOnce(localBytes: Int, channels: Int, outputs: Int, vectors: Int) -> Int? {
    let lanes = vectors * Self.width
    let kernels = outputs % 32 == 0 ? 32 : Self.width
    guard
      outputs % kernels == 0, channels % lanes == 0,
      kernelCount(kernels * lanes) * ElementType.float32.byteCount <= localBytes
    else { return nil }
    return outputs / kernels * (channels / lanes) >= 32 ? kernels : nil
  }
}
