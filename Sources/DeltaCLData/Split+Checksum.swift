import CZlib

extension Split {
  /// The CRC-32 of all pixels and then all labels, to notice that a data set has changed.
  public var checksum: UInt32 {
    [pixels, labels].reduce(0) { sum, bytes in
      bytes.withUnsafeBufferPointer { bytes in
        UInt32(truncatingIfNeeded: crc32_z(UInt(sum), bytes.baseAddress, bytes.count))
      }
    }
  }
}
