extension TensorOperation {
  /// One element of the result in double precision, straight from the mathematics: to check a few elements of results that
  /// are too large for the reference backend.
  ///
  /// - Parameters:
  ///   - index: The element of the only tensor that the operation writes.
  ///   - inputs: The values of the tensors that it reads, in the order of ``operands``.
  /// - Returns: The value and the number of products it is the sum of at most; `nil` for operations that are neither a
  ///   convolution nor a dense layer nor a delta or gradient of one, and for inputs of other sizes.
  public func referenceSample(at index: Int, of inputs: [[Float]]) -> (value: Double, terms: Int)? {
    let operands = operands
    guard let pass = convolutionPass, let result = operands.last, result.shape.elementCount > index, index >= 0,
      inputs.map(\.count) == operands.dropLast().map(\.shape.elementCount)
    else { return nil }
    if pass.products > 1 { return pass.sample(index, of: inputs, resultCount: result.shape.elementCount) }
    switch pass.direction {
    case .forward:
      let sum = pass.convolution.forwardSample(index, x: inputs[0], w: inputs[1])
      let bias = inputs.count > 2 ? Double(inputs[2][index % pass.convolution.outputChannels]) : 0
      return (sum.value + bias, sum.terms)
    case .delta: return pass.convolution.deltaSample(index, dy: inputs[0], w: inputs[1])
    case .gradient: return pass.convolution.gradientSample(index, x: inputs[0], dy: inputs[1])
    }
  }
}

extension ConvolutionPass {
  /// An element of one of several matrix products.
  fileprivate func sample(_ index: Int, of inputs: [[Float]], resultCount: Int) -> (value: Double, terms: Int) {
    let (product, index) = index.quotientAndRemainder(dividingBy: resultCount / products)
    let firstCount = inputs[0].count / (sharesFirst ? 1 : products), secondCount = inputs[1].count / products
    let start = sharesFirst ? 0 : product * firstCount
    let first = Array(inputs[0][start..<start + firstCount])
    let second = Array(inputs[1][product * secondCount..<(product + 1) * secondCount])
    return direction == .forward
      ? convolution.forwardSample(index, x: first, w: second) : convolution.deltaSample(index, dy: first, w: second)
  }
}

extension Convolution {
  fileprivate func forwardSample(_ index: Int, x: [Float], w: [Float]) -> (value: Double, terms: Int) {
    let (rows, columns) = (rowAxis, columnAxis)
    let k = index % outputChannels, pixel = index / outputChannels
    let q = pixel % columns.count, p = pixel / columns.count % rows.count, n = pixel / columns.count / rows.count
    var sum = 0.0
    for r in 0..<rows.window {
      guard let i = rows.position(window: p, cell: r) else { continue }
      for s in 0..<columns.window {
        guard let j = columns.position(window: q, cell: s) else { continue }
        let input = ((n * rows.size + i) * columns.size + j) * inputChannels + k / groupKernels * groupChannels
        let kernel = ((k * rows.window + r) * columns.window + s) * groupChannels
        for c in 0..<groupChannels { sum += Double(x[input + c]) * Double(w[kernel + c]) }
      }
    }
    return (sum, rows.window * columns.window * groupChannels)
  }

  fileprivate func deltaSample(_ index: Int, dy: [Float], w: [Float]) -> (value: Double, terms: Int) {
    let (rows, columns) = (rowAxis, columnAxis)
    let channel = index % inputChannels, pixel = index / inputChannels
    let j = pixel % columns.size, i = pixel / columns.size % rows.size, n = pixel / columns.size / rows.size
    let firstKernel = channel / groupChannels * groupKernels
    var sum = 0.0
    for r in 0..<rows.window {
      guard let p = rows.index(position: i, cell: r) else { continue }
      for s in 0..<columns.window {
        guard let q = columns.index(position: j, cell: s) else { continue }
        let output = ((n * rows.count + p) * columns.count + q) * outputChannels
        for k in firstKernel..<firstKernel + groupKernels {
          let kernel = ((k * rows.window + r) * columns.window + s) * groupChannels + channel % groupChannels
          sum += Double(dy[output + k]) * Double(w[kernel])
        }
      }
    }
    return (sum, rows.window * columns.window * groupKernels)
  }

  fileprivate func gradientSample(_ index: Int, x: [Float], dy: [Float]) -> (value: Double, terms: Int) {
    let (rows, columns) = (rowAxis, columnAxis)
    let c = index % groupChannels, tap = index / groupChannels
    let s = tap % columns.window, r = tap / columns.window % rows.window, k = tap / columns.window / rows.window
    let channel = k / groupKernels * groupChannels + c
    var sum = 0.0
    for n in 0..<batch {
      for p in 0..<rows.count {
        guard let i = rows.position(window: p, cell: r) else { continue }
        for q in 0..<columns.count {
          guard let j = columns.position(window: q, cell: s) else { continue }
          sum +=
            Double(dy[((n * rows.count + p) * columns.count + q) * outputChannels + k])
            * Double(x[((n * rows.size + i) * columns.size + j) * inputChannels + channel])
        }
      }
    }
    return (sum, batch * rows.count * columns.count)
  }
}
