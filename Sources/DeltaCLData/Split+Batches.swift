extension Split {
  /// Writes a batch of normalised images and their labels.
  ///
  /// - Parameters:
  ///   - destination: receives `indices.count` x rows x columns x channels values; what lies beyond stays as it is.
  ///   - destinationLabels: receives `indices.count` classes; what lies beyond stays as it is.
  ///   - indices: the images to take, each less than `count`; one may occur several times.
  ///   - normalization: usually that of the data set.
  /// - Throws: `DataError` `outOfRange` when an index is not in the split or the batch does not fit; nothing is
  ///   written then.
  public func fill(
    _ destination: UnsafeMutableBufferPointer<Float>, labels destinationLabels: UnsafeMutableBufferPointer<Int32>,
    indices: some Collection<Int>, normalization: Normalization
  ) throws(DataError) {
    let (needed, overflow) = indices.count.multipliedReportingOverflow(by: imageSize)
    guard !overflow, needed <= destination.count, indices.count <= destinationLabels.count else {
      throw DataError(
        .outOfRange, "batch",
        "\(indices.count) images of \(imageSize) values do not fit room for \(destination.count) values and "
          + "\(destinationLabels.count) labels")
    }
    if let index = indices.first(where: { !(0..<count).contains($0) }) {
      throw DataError(.outOfRange, "batch", "there is no image \(index) among \(count)")
    }

    let (size, table) = (imageSize, normalization.table(pixelMaximum: pixelMaximum))
    pixels.withUnsafeBufferPointer { pixels in
      table.withUnsafeBufferPointer { table in
        for (slot, index) in indices.enumerated() {
          let (source, target) = (index * size, slot * size)
          for offset in 0..<size { destination[target + offset] = table[Int(pixels[source + offset])] }
          destinationLabels[slot] = Int32(labels[index])
        }
      }
    }
  }

  /// The same images brought to another size by bilinear interpolation.
  ///
  /// - Throws: `DataError` `tooLarge` or `malformed` when the size cannot be.
  public func resized(rows: Int, columns: Int) throws(DataError) -> Split {
    if rows == imageRows && columns == imageColumns { return self }
    let resampler = try BilinearResampler(
      fromRows: imageRows, fromColumns: imageColumns, toRows: rows, toColumns: columns, channels: channels,
      imageCount: count)
    let total = resampler.outputCount * count
    // Interpolated values fall between the few steps of a small range: spread it over the byte.
    let gain = 255 / pixelMaximum
    let resizedPixels = [UInt8](unsafeUninitializedCapacity: total) { destination, written in
      pixels.withUnsafeBufferPointer { source in
        for index in 0..<count {
          resampler.resample(
            UnsafeBufferPointer(rebasing: source[index * imageSize..<(index + 1) * imageSize]),
            into: UnsafeMutableBufferPointer(
              rebasing: destination[index * resampler.outputCount..<(index + 1) * resampler.outputCount]),
            gain: Float(gain))
        }
      }
      written = total
    }
    return try Split(
      count: count, imageRows: rows, imageColumns: columns, channels: channels, pixels: resizedPixels, labels: labels,
      pixelMaximum: pixelMaximum * gain)
  }
}
