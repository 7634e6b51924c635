/// Kernels that together computed wrong values in a self-test: no plan that runs all of them is taken.
///
/// They are one kernel, unless each of several has computed right in the company of others.
struct KernelExclusion: Hashable, Sendable, Codable {
  let variants: [KernelVariant]

  /// Whether a plan runs all of the kernels.
  func covers(_ list: LaunchList) -> Bool {
    guard !variants.isEmpty else { return false }
    let running = list.variants
    return variants.allSatisfy { variant in running.contains { variant.covers($0) } }
  }
}

extension KernelExclusion: CustomStringConvertible {
  /// Such as `convolution_correlate NV=2 TILE=6 V=16`.
  var description: String { variants.map(\.description).joined(separator: " with ") }
}

extension KernelExclusion {
  /// What has to be excluded after a self-test, each once and in the order of the results.
  ///
  /// A kernel that has computed right in another plan is not to blame, as long as there is another one in the plan. A kernel that computed
  /// right with no tile at all is excluded with every tile, as networks have more tiles than small shapes.
  static func exclusions(from results: [SelfTest.Result]) -> [KernelExclusion] {
    let sound = Set(results.filter { $0.outcome == .passed }.flatMap(\.variant.kernels))
    let soundNames = Set(sound.map(\.kernel))
    var exclusions: [KernelExclusion] = []
    for result in results where result.outcome != .passed && result.variant.isPlannedAround {
      let suspects = result.variant.kernels.filter { !sound.contains($0) }
      let variants = (suspects.isEmpty ? result.variant.kernels : suspects).map {
        soundNames.contains($0.kernel) ? $0 : KernelVariant(anyTileOf: $0.kernel)
      }
      let exclusion = KernelExclusion(variants: variants)
      if !exclusions.contains(exclusion) { exclusions.append(exclusion) }
    }
    return exclusions
  }
}
