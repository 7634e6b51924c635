/// The bijection at the heart of the counter-based generator Philox4x32-10, which kernels compute too.
///
/// John K. Salmon, Mark A. Moraes, Ron O. Dror and David E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum Philox4x32 {
  /// The ten rounds: four random words from a counter and a key.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // Separate variables stay in registers, while the words of a vector are moved in and out.
    var (a, b, c, d) = (counter[0], counter[1], counter[2], counter[3])
    var (firstKey, secondKey) = (key[0], key[1])
    for _ in 0..<10 {
      let first = UInt64(a) &* 0xD251_1F53
      let second = UInt64(c) &* 0xCD9E_8D57
      a = UInt32(truncatingIfNeeded: second >> 32) ^ b ^ firstKey
      b = UInt32(truncatingIfNeeded: second)
      c = UInt32(truncatingIfNeeded: first >> 32) ^ d ^ secondKey
      d = UInt32(truncatingIfNeeded: first)
      firstKey &+= 0x9E37_79B9
      secondKey &+= 0xBB67_AE85
    }
    return SIMD4(a, b, c, d)
  }
}
