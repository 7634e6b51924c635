import CZlib

/// CRC-32 of values and bytes, to notice that a data set has changed.
enum Checksum {
  static func of<Element: BitwiseCopyable>(_ values: [Element], after sum: UInt64 = 0) -> UInt64 {
    values.withUnsafeBytes { bytes in
      UInt64(crc32_z(UInt(sum), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
  }
}
