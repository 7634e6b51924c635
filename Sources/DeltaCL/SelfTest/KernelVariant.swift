/// An OpenCL kernel with the tile that it is built for: what the self-test holds to the reference, and what planning leaves out where it
/// fails.
///
/// Other constants of a program, such as the channels of a network, are not told apart: a compiler's fault that shows with one of them is
/// taken for one of the tile.
struct KernelVariant: Hashable, Sendable, Codable {
  /// The kernel's name.
  let kernel: String
  /// The constants that make the tile and the window; those that are missing may have any value.
  let tile: [String: Int]

  /// Vectors, register tiles, local tiles and how they are stored.
  private static let tileConstants: Set = ["V", "NV", "TILE", "MR", "TM", "TN", "TK", "WM", "WN", "OUTPUTS_INNERMOST"]
  /// Which of Winograd's transforms, and how a depthwise window moves.
  private static let windowConstants: Set = ["TAPS", "STRIDE"]

  /// The kernel, whatever its tile.
  init(anyTileOf kernel: String) {
    self.kernel = kernel
    tile = [:]
  }

  init(_ launch: Launch) {
    kernel = launch.kernel
    tile = launch.program.constants.filter {
      Self.tileConstants.contains($0.key) || Self.windowConstants.contains($0.key)
    }
  }

  /// What a self-test wants to have run once: the kernel with the whole tile, whatever the window, or with each of the tile's constants,
  /// of which one of the numbers of pixels up to each power of two will do. Local tiles are few, and always whole.
  func features(ofWholeTiles: Bool) -> Set<KernelVariant> {
    let constants = tile.filter { Self.tileConstants.contains($0.key) }
    if ofWholeTiles || constants["TM"] != nil { return [KernelVariant(kernel: kernel, tile: constants)] }
    return Set(constants.map { KernelVariant(kernel: kernel, tile: [$0.key: powerOfTwo(covering: $0.value)]) })
      .union([KernelVariant(anyTileOf: kernel)])
  }

  private init(kernel: String, tile: [String: Int]) {
    self.kernel = kernel
    self.tile = tile
  }

  /// Whether `other` is this kernel with this tile.
  func covers(_ other: KernelVariant) -> Bool {
    kernel == other.kernel && tile.allSatisfy { other.tile[$0.key] == $0.value }
  }
}

extension KernelVariant: CustomStringConvertible {
  /// Such as `convolution_correlate NV=2 TILE=6 V=16`.
  var description: String {
    ([kernel] + tile.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
  }
}

extension LaunchList {
  /// The kernels that run, each once.
  var variants: [KernelVariant] {
    var seen: Set<KernelVariant> = []
    return launches.map(KernelVariant.init).filter { seen.insert($0).inserted }
  }
}

/// The least power of two that is not under `count`.
private func powerOfTwo(covering count: Int) -> Int {
  var power = 1
  while power < count { power *= 2 }
  return power
}
