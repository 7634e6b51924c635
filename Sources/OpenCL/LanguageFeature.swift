/// An optional feature of OpenCL C 3.0 that a device has.
public struct LanguageFeature: Hashable, Sendable {
  /// The name of the macro, such as `__opencl_c_fp64`.
  public let name: String
  /// The version of the feature.
  public let version: OpenCLVersion
}
