import DeltaCLData
public import OpenCL

/// Normalised images and their labels in memory that a device can read.
///
/// It belongs to one thread at a time; ``BatchLoader`` hands it over.
public final class Batch: @unchecked Sendable {
  /// The number of images.
  public let count: Int
  /// `float32` `[count, H, W, C]`.
  public let images: HostMemory
  /// `int32` `[count]`.
  public let labels: HostMemory
  /// The epoch that the batch was drawn in, counted from 1.
  public internal(set) var epoch = 1
  /// The batch's place in its epoch, counted from 0.
  public internal(set) var index = 0

  init(count: Int, imageSize: Int) throws {
    self.count = count
    images = try HostMemory(byteCount: count * imageSize * MemoryLayout<Float>.stride)
    labels = try HostMemory(byteCount: count * MemoryLayout<Int32>.stride)
  }

  /// Fetches and prepares some of the images; several threads may do so at once for other slots.
  ///
  /// - Parameters:
  ///   - slots: The places of the images in the batch.
  ///   - source: Where they come from.
  ///   - examples: Which ones the batch has.
  ///   - form: How they are prepared and varied.
  func fill(
    _ slots: Range<Int>, from source: any LabeledImages, examples: ArraySlice<Int>, _ form: BatchLoader.Form
  ) throws {
    let size = form.preparation.valueCount
    try images.withUnsafeMutableBytes { images in
      try labels.withUnsafeMutableBytes { labels in
        let (values, labels) = (images.assumingMemoryBound(to: Float.self), labels.assumingMemoryBound(to: Int32.self))
        for slot in slots {
          let example = examples[examples.startIndex + slot]
          let destination = UnsafeMutableBufferPointer(rebasing: values[slot * size..<(slot + 1) * size])
          let image = try source.image(at: example)
          if form.augmentations.isEmpty {
            try form.preparation.prepare(image, into: destination)
          } else {
            var generator = Philox(seed: form.seed, stream: .augmentation(epoch: epoch, example: example))
            try form.preparation.prepare(
              image, augmentations: form.augmentations, using: &generator, into: destination)
          }
          labels[slot] = source.label(at: example)
        }
      }
    }
  }
}
