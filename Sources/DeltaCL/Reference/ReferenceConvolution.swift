extension Reference {
  static func convolution(
    _ convolution: Convolution, x: Span<Double>, w: Span<Double>, b: Span<Double>?, y: consuming MutableSpan<Double>
  ) {
    let (rows, columns) = (convolution.rowAxis, convolution.columnAxis)
    let (channels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    var output = 0
    for n in 0..<convolution.batch {
      for p in 0..<rows.count {
        for q in 0..<columns.count {
          for k in 0..<convolution.outputChannels {
            let firstChannel = k / groupKernels * channels
            var sum = 0.0
            for r in 0..<rows.window {
              guard let i = rows.position(window: p, cell: r) else { continue }
              for s in 0..<columns.window {
                guard let j = columns.position(window: q, cell: s) else { continue }
                let input = ((n * rows.size + i) * columns.size + j) * convolution.inputChannels + firstChannel
                let kernel = ((k * rows.window + r) * columns.window + s) * channels
                for c in 0..<channels { sum += x[input + c] * w[kernel + c] }
              }
            }
            if let b { sum += b[k] }
            y[output] = sum
            output += 1
          }
        }
      }
    }
  }

  /// Adds b to the channels of y, which are innermost.
  static func addBias(_ b: Span<Double>, to y: consuming MutableSpan<Double>) {
    for index in 0..<y.count { y[index] += b[index % b.count] }
  }

  static func convolutionDelta(
    _ convolution: Convolution, dy: Span<Double>, w: Span<Double>, dx: consuming MutableSpan<Double>
  ) {
    let (rows, columns) = (convolution.rowAxis, convolution.columnAxis)
    let (outputRows, outputColumns) = (rows.count, columns.count)
    let (channels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    let kernelStride = rows.window * columns.window * channels
    var input = 0
    for n in 0..<convolution.batch {
      for i in 0..<rows.size {
        for j in 0..<columns.size {
          for channel in 0..<convolution.inputChannels {
            let (group, c) = channel.quotientAndRemainder(dividingBy: channels)
            let firstKernel = group * groupKernels
            var sum = 0.0
            for r in 0..<rows.window {
              guard let p = rows.index(position: i, cell: r) else { continue }
              for s in 0..<columns.window {
                guard let q = columns.index(position: j, cell: s) else { continue }
                let output = ((n * outputRows + p) * outputColumns + q) * convolution.outputChannels + firstKernel
                let kernel = firstKernel * kernelStride + (r * columns.window + s) * channels + c
                for k in 0..<groupKernels { sum += dy[output + k] * w[kernel + k * kernelStride] }
              }
            }
            dx[input] = sum
            input += 1
          }
        }
      }
    }
  }

  static func convolutionGradient(
    _ convolution: Convolution, x: Span<Double>, dy: Span<Double>, dw: consuming MutableSpan<Double>
  ) {
    let (rows, columns) = (convolution.rowAxis, convolution.columnAxis)
    let (outputRows, outputColumns) = (rows.count, columns.count)
    let (channels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    for k in 0..<convolution.outputChannels {
      let firstChannel = k / groupKernels * channels
      for r in 0..<rows.window {
        for s in 0..<columns.window {
          let kernel = ((k * rows.window + r) * columns.window + s) * channels
          for c in 0..<channels { dw[kernel + c] = 0 }
          for n in 0..<convolution.batch {
            for p in 0..<outputRows {
              guard let i = rows.position(window: p, cell: r) else { continue }
              for q in 0..<outputColumns {
                guard let j = columns.position(window: q, cell: s) else { continue }
                let input = ((n * rows.size + i) * columns.size + j) * convolution.inputChannels + firstChannel
                let delta = dy[((n * outputRows + p) * outputColumns + q) * convolution.outputChannels + k]
                for c in 0..<channels { dw[kernel + c] += delta * x[input + c] }
              }
            }
          }
        }
      }
    }
  }

  static func biasGradient(rows: Int, channels: Int, dy: Span<Double>, db: consuming MutableSpan<Double>) {
    for k in 0..<channels {
      var sum = 0.0
      for row in 0..<rows { sum += dy[row * channels + k] }
      db[k] = sum
    }
  }
}
