extension HostTensor {
  /// The type of a tensor's elements, by the name that safetensors files use.
  public enum DType: String, Hashable, Sendable, CaseIterable {
    /// A truth value in a byte.
    case bool = "BOOL"
    /// Unsigned integers.
    case u8 = "U8", u16 = "U16", u32 = "U32", u64 = "U64"
    /// Signed integers.
    case i8 = "I8", i16 = "I16", i32 = "I32", i64 = "I64"
    /// IEEE 754 floating point.
    case f16 = "F16", f32 = "F32", f64 = "F64"
    /// The upper half of a 32-bit float.
    case bf16 = "BF16"
    /// A complex number of two 32-bit floats.
    case c64 = "C64"
    /// Floating point of 8 bits.
    case f8e5m2 = "F8_E5M2", f8e4m3 = "F8_E4M3", f8e8m0 = "F8_E8M0"
    /// Floating point of 8 bits that has no negative zero.
    case f8e5m2fnuz = "F8_E5M2FNUZ", f8e4m3fnuz = "F8_E4M3FNUZ"
    /// Floating point of 4 and 6 bits, packed.
    case f4 = "F4", f6e2m3 = "F6_E2M3", f6e3m2 = "F6_E3M2"

    /// Whether ``HostTensor/floats(name:)`` reads it.
    public var isFloat: Bool { [.f16, .f32, .f64, .bf16].contains(self) }

    /// The size of an element in bits.
    public var bitWidth: Int {
      switch self {
      case .f4: 4
      case .f6e2m3, .f6e3m2: 6
      case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e5m2fnuz, .f8e4m3fnuz: 8
      case .u16, .i16, .f16, .bf16: 16
      case .u32, .i32, .f32: 32
      case .u64, .i64, .f64, .c64: 64
      }
    }

    /// The bytes of a tensor of `shape`, or nil if they overflow or do not fill whole bytes.
    func byteCount(shape: [Int]) -> Int? {
      // In the order of the format's reference reader: an overflow counts even if a later size is 0.
      var bits = 1
      for size in shape {
        let product = bits.multipliedReportingOverflow(by: size)
        if product.overflow || size < 0 { return nil }
        bits = product.partialValue
      }
      let product = bits.multipliedReportingOverflow(by: bitWidth)
      return product.overflow || product.partialValue % 8 != 0 ? nil : product.partialValue / 8
    }
  }
}
