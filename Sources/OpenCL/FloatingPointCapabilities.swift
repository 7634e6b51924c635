import COpenCL

/// What a device supports in one floating-point precision, a `cl_device_fp_config`.
public struct FloatingPointCapabilities: OptionSet, Hashable, Sendable, Codable {
  /// The bits of `cl_device_fp_config`.
  public let rawValue: UInt64

  /// Wraps the bits of a `cl_device_fp_config`.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Subnormal numbers are kept.
  public static let denormals = Self(rawValue: UInt64(CL_FP_DENORM))
  /// Infinities and quiet NaNs are supported.
  public static let infinityAndNaN = Self(rawValue: UInt64(CL_FP_INF_NAN))
  /// Rounding to nearest even.
  public static let roundToNearest = Self(rawValue: UInt64(CL_FP_ROUND_TO_NEAREST))
  /// Rounding to zero.
  public static let roundToZero = Self(rawValue: UInt64(CL_FP_ROUND_TO_ZERO))
  /// Rounding to either infinity.
  public static let roundToInfinity = Self(rawValue: UInt64(CL_FP_ROUND_TO_INF))
  /// IEEE 754-2008 fused multiply-add.
  public static let fusedMultiplyAdd = Self(rawValue: UInt64(CL_FP_FMA))
  /// Arithmetic is emulated in software.
  public static let softwareEmulated = Self(rawValue: UInt64(CL_FP_SOFT_FLOAT))
  /// Division and square root are correctly rounded.
  public static let correctlyRoundedDivideAndSquareRoot = Self(
    rawValue: UInt64(CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT))
}
