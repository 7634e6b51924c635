import DeltaCLSystem

/// Labelled images in files, each of which is read and decoded when it is fetched.
public struct ImageFiles: LabeledImages, Hashable {
  /// The folder that the names begin in.
  public let folder: String
  /// The path of each image below ``folder``, or from the root.
  public let names: [String]
  /// The class of each image.
  public let labels: [Int32]

  /// Creates a list; the files are not looked at.
  ///
  /// - Throws: `DataError` (`mismatch`) when there are not as many labels as names.
  public init(folder: String, names: [String], labels: [Int32]) throws(DataError) {
    guard names.count == labels.count else {
      throw DataError(.mismatch, folder, "\(names.count) images and \(labels.count) labels do not go together")
    }
    self.init(folder: folder, checkedNames: names, labels: labels)
  }

  private init(folder: String, checkedNames: [String], labels: [Int32]) {
    self.folder = folder
    names = checkedNames
    self.labels = labels
  }

  /// The number of images.
  public var count: Int { names.count }

  /// That of the names and labels; the files are not read.
  public var checksum: UInt64 { Checksum.of(labels, after: Checksum.of(names.flatMap { Array($0.utf8) + [0] })) }

  /// The class of the image at `index`, which must be less than ``count``.
  public func label(at index: Int) -> Int32 { labels[index] }

  /// The path of the image at `index`, which must be less than ``count``.
  public func path(at index: Int) -> String {
    NativePath.isAbsolute(names[index]) ? names[index] : "\(folder)/\(names[index])"
  }

  /// Reads the image at `index`, which must be less than ``count``.
  ///
  /// - Throws: As ``Image/init(contentsOf:warn:)``.
  public func image(at index: Int) throws(DataError) -> Image { try Image(contentsOf: path(at: index)) }

  /// The images whose index is wanted, in the same order.
  public func selecting(_ isWanted: (Int) -> Bool) -> ImageFiles {
    let indices = names.indices.filter(isWanted)
    return ImageFiles(folder: folder, checkedNames: indices.map { names[$0] }, labels: indices.map { labels[$0] })
  }
}
