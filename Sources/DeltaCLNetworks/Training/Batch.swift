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

  func fill(from split: Split, indices: ArraySlice<Int>, normalization: Normalization) throws {
    try images.withUnsafeMutableBytes { images in
      try labels.withUnsafeMutableBytes { labels in
        try split.fill(
          images.assumingMemoryBound(to: Float.self), labels: labels.assumingMemoryBound(to: Int32.self),
          indices: indices, normalization: normalization)
      }
    }
  }
}
