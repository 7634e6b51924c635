extension Split {
  /// The images at `indices`, in their order.
  ///
  /// - Throws: `DataError` `outOfRange` when an index is not in the split.
  public func subset(_ indices: [Int]) throws(DataError) -> Split {
    if let index = indices.first(where: { !(0..<count).contains($0) }) {
      throw DataError(.outOfRange, "subset", "there is no image \(index) among \(count)")
    }
    let taken = [UInt8](unsafeUninitializedCapacity: indices.count * imageSize) { destination, written in
      pixels.withUnsafeBufferPointer { pixels in
        for (slot, index) in indices.enumerated() {
          let image = UnsafeBufferPointer(rebasing: pixels[index * imageSize..<(index + 1) * imageSize])
          _ = UnsafeMutableBufferPointer(rebasing: destination[(slot * imageSize)...]).update(fromContentsOf: image)
        }
      }
      written = indices.count * imageSize
    }
    return try Split(
      count: indices.count, imageRows: imageRows, imageColumns: imageColumns, channels: channels, pixels: taken,
      labels: indices.map { labels[$0] }, pixelMaximum: pixelMaximum)
  }
}
