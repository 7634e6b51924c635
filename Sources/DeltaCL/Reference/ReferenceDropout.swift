extension Reference {
  static func dropout(_ dropout: Dropout, x: Span<Double>, step: Span<Int32>, y: consuming MutableSpan<Double>) {
    let key = SIMD2(UInt32(truncatingIfNeeded: dropout.seed), UInt32(truncatingIfNeeded: dropout.seed >> 32))
    for index in 0..<dropout.count {
      let (tile, lane) = (index / Dropout.tile, index % Dropout.lanes)
      let counter = SIMD4(
        UInt32(Dropout.lanes * tile + lane), UInt32(bitPattern: step[0]), dropout.layer, Dropout.purpose)
      let word = Philox4x32.block(counter: counter, key: key)[index % Dropout.tile / Dropout.lanes]
      y[index] = word >> 8 < dropout.threshold ? 0 : x[index] * Double(dropout.scale)
    }
  }

  static func increment(counter: consuming MutableSpan<Int32>) {
    counter[0] &+= 1
  }
}
