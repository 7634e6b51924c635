extension Reference {
  static func maxPooling(
    _ pooling: Pooling, x: Span<Double>, y: consuming MutableSpan<Double>, argmax: consuming MutableSpan<Int32>
  ) {
    let (rows, columns, channels) = (pooling.rowAxis, pooling.columnAxis, pooling.channels)
    var output = 0
    for n in 0..<pooling.batch {
      for p in 0..<rows.count {
        for q in 0..<columns.count {
          for c in 0..<channels {
            var greatest: (value: Double, position: Int)?
            for r in 0..<rows.reachingCells {
              guard let i = rows.position(window: p, cell: r) else { continue }
              for s in 0..<columns.reachingCells {
                guard let j = columns.position(window: q, cell: s) else { continue }
                let position = i * columns.size + j
                let value = x[(n * rows.size * columns.size + position) * channels + c]
                // As in PyTorch: the first of equal values, and of several NaNs the last.
                if let current = greatest, !(value > current.value || value.isNaN) { continue }
                greatest = (value, position)
              }
            }
            // The descriptor rules out windows without a cell in the image.
            if let greatest {
              y[output] = greatest.value
              argmax[output] = Int32(greatest.position)
            }
            output += 1
          }
        }
      }
    }
  }

  static func maxPoolingDelta(
    _ pooling: Pooling, dy: Span<Double>, argmax: Span<Int32>, dx: consuming MutableSpan<Double>
  ) {
    let (rows, columns, channels) = (pooling.rowAxis, pooling.columnAxis, pooling.channels)
    let (outputRows, outputColumns) = (rows.count, columns.count)
    var input = 0
    for n in 0..<pooling.batch {
      for i in 0..<rows.size {
        for j in 0..<columns.size {
          let position = i * columns.size + j
          for c in 0..<channels {
            var sum = 0.0
            for r in 0..<rows.reachingCells {
              guard let p = rows.index(position: i, cell: r) else { continue }
              for s in 0..<columns.reachingCells {
                guard let q = columns.index(position: j, cell: s) else { continue }
                let output = ((n * outputRows + p) * outputColumns + q) * channels + c
                if Int(argmax[output]) == position { sum += dy[output] }
              }
            }
            dx[input] = sum
            input += 1
          }
        }
      }
    }
  }

  static func averagePooling(_ average: AveragePooling, x: Span<Double>, y: consuming MutableSpan<Double>) {
    let pooling = average.pooling
    let (rows, columns, channels) = (pooling.rowAxis, pooling.columnAxis, pooling.channels)
    var output = 0
    for n in 0..<pooling.batch {
      for p in 0..<rows.count {
        for q in 0..<columns.count {
          let cells = Double(average.cells(row: p, column: q))
          for c in 0..<channels {
            var sum = 0.0
            for r in 0..<rows.reachingCells {
              guard let i = rows.position(window: p, cell: r) else { continue }
              for s in 0..<columns.reachingCells {
                guard let j = columns.position(window: q, cell: s) else { continue }
                sum += x[((n * rows.size + i) * columns.size + j) * channels + c]
              }
            }
            y[output] = sum / cells
            output += 1
          }
        }
      }
    }
  }

  static func averagePoolingDelta(_ average: AveragePooling, dy: Span<Double>, dx: consuming MutableSpan<Double>) {
    let pooling = average.pooling
    let (rows, columns, channels) = (pooling.rowAxis, pooling.columnAxis, pooling.channels)
    let (outputRows, outputColumns) = (rows.count, columns.count)
    var input = 0
    for n in 0..<pooling.batch {
      for i in 0..<rows.size {
        for j in 0..<columns.size {
          for c in 0..<channels {
            var sum = 0.0
            for r in 0..<rows.reachingCells {
              guard let p = rows.index(position: i, cell: r) else { continue }
              for s in 0..<columns.reachingCells {
                guard let q = columns.index(position: j, cell: s) else { continue }
                let output = ((n * outputRows + p) * outputColumns + q) * channels + c
                sum += dy[output] / Double(average.cells(row: p, column: q))
              }
            }
            dx[input] = sum
            input += 1
          }
        }
      }
    }
  }
}

extension AveragePooling {
  /// The number of cells that the window at an output position averages over.
  fileprivate func cells(row: Int, column: Int) -> Int {
    cells(pooling.rowAxis, row) * cells(pooling.columnAxis, column)
  }

  private func cells(_ axis: WindowAxis, _ index: Int) -> Int {
    let start = index * axis.stride - axis.before
    let end = start + axis.window
    return countsPadding
      ? min(end, axis.size + axis.after) - start
      : min(end, axis.size) - max(start, 0)
  }
}
