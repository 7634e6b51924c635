/// A version of OpenCL or of OpenCL C.
public struct OpenCLVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The 1 of 1.2.
  public let major: Int
  /// The 2 of 1.2.
  public let minor: Int

  /// The version `major.minor`.
  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads the first `major.minor` word of a version text, such as `OpenCL C 1.2 PoCL` or `OpenCL 3.0 CUDA`.
  public init?(parsing text: String) {
    for word in text.split(separator: " ") {
      let parts = word.split(separator: ".", omittingEmptySubsequences: false)
      if parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 {
        self.init(major, minor)
        return
      }
    }
    return nil
  }

  /// Unpacks a `cl_version`: 10 bits of major version, 10 of minor, 12 of patch.
  init(packed: UInt32) {
    self.init(Int(packed >> 22), Int(packed >> 12 & 0x3ff))
  }

  /// Orders by major, then minor version.
  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// `major.minor`.
  public var description: String { "\(major).\(minor)" }
}
