/// How images that come in one piece are parted into those to train on and those to test on.
///
/// Of each class the same share is for testing. Which images these are follows from a hash of their paths in the data set and
/// the seed, and neither from their order nor from the other images.
public struct ValidationSplit: Hashable, Sendable {
  /// The share that is for testing, from 0 to 1.
  public let share: Double
  /// What images are chosen by.
  public let seed: UInt64

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - share: the share that is for testing.
  ///   - seed: what images are chosen by.
  /// - Throws: `DataError` (`outOfRange`) unless the share is from 0 to 1.
  public init(share: Double, seed: UInt64) throws(DataError) {
    guard (0...1).contains(share) else {
      throw DataError(.outOfRange, "validation split", "\(share) is no share; it must be from 0 to 1")
    }
    self.init(checkedShare: share, seed: seed)
  }

  private init(checkedShare: Double, seed: UInt64) {
    share = checkedShare
    self.seed = seed
  }

  /// A fifth for testing.
  public static let standard = ValidationSplit(checkedShare: 0.2, seed: 1)

  /// Parts a list of images.
  func parts(of images: ImageFiles) -> (train: ImageFiles, test: ImageFiles) {
    var byClass: [Int32: [(hash: UInt64, index: Int)]] = [:]
    for (index, (name, label)) in zip(images.names, images.labels).enumerated() {
      byClass[label, default: []].append((hash(of: name), index))
    }
    var isTest = [Bool](repeating: false, count: images.count)
    for members in byClass.values {
      let ordered = members.sorted { ($0.hash, $0.index) < ($1.hash, $1.index) }
      let count = Int((share * Double(members.count)).rounded())
      // A class that is trained needs an image.
      for (_, index) in ordered.prefix(share < 1 ? min(count, members.count - 1) : count) { isTest[index] = true }
    }
    return (images.selecting { !isTest[$0] }, images.selecting { isTest[$0] })
  }

  /// The 64-bit FNV-1a hash of a path, mixed with the seed by the finaliser of Steele, Lea and Flood's SplitMix64, since similar
  /// paths have hashes whose upper bits are similar.
  private func hash(of path: String) -> UInt64 {
    var mixed = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    mixed = mixed &+ seed &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
