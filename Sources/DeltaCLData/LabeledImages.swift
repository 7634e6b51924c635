/// Labelled images that are fetched one at a time: the training or the test part of a data set, in whatever form it is stored.
///
/// ``Split`` holds them in memory and ``ImageFiles`` reads files. A type of your own serves as well: it gives an image by its
/// index, of any size, and training brings it to what the network takes. Images are fetched on several threads at once, so
/// that no more than a few of them need to be in memory.
public protocol LabeledImages: Sendable {
  /// The number of images; may be 0.
  var count: Int { get }

  /// The pixel value that stands for 1, from 1 to 255.
  var pixelMaximum: Int { get }

  /// A number that other images are unlikely to have, by which a training that goes on notices that its data have changed.
  var checksum: UInt64 { get }

  /// The class of an image, from 0.
  ///
  /// - Parameter index: Less than ``count``.
  func label(at index: Int) -> Int32

  /// Fetches an image, the same at every call.
  ///
  /// - Parameter index: Less than ``count``.
  /// - Throws: What keeps it from being read; it ends the training or evaluation that asked for it.
  func image(at index: Int) throws -> Image
}

extension LabeledImages {
  /// 255.
  public var pixelMaximum: Int { 255 }

  /// That of the labels.
  public var checksum: UInt64 { Checksum.of((0..<count).map { label(at: $0) }) }
}
