/// Some of other labelled images, in an order of their own.
public struct LabeledImagesSubset: LabeledImages {
  private let base: any LabeledImages
  private let indices: [Int]

  fileprivate init(_ base: any LabeledImages, _ indices: [Int]) {
    self.base = base
    self.indices = indices
  }

  /// The number of images.
  public var count: Int { indices.count }

  /// The pixel value that stands for 1.
  public var pixelMaximum: Int { base.pixelMaximum }

  /// Differs for other places among the images too.
  public var checksum: UInt64 { Checksum.of(indices.map { UInt64($0) } + [base.checksum]) }

  /// The class of the image at `index`, which must be less than ``count``.
  public func label(at index: Int) -> Int32 { base.label(at: indices[index]) }

  /// Fetches the image at `index`, which must be less than ``count``.
  ///
  /// - Throws: What the images that it is one of throw.
  public func image(at index: Int) throws -> Image { try base.image(at: indices[index]) }
}

extension LabeledImages {
  /// The images at `indices`, each less than ``count``, in their order.
  public func subset(_ indices: [Int]) -> LabeledImagesSubset { LabeledImagesSubset(self, indices) }
}
