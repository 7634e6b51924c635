import COpenCL

/// What a device is.
public enum DeviceType: String, Hashable, Sendable, CaseIterable, Codable {
  /// A graphics processor.
  case gpu
  /// A dedicated accelerator.
  case accelerator
  /// The host's processor.
  case cpu
  /// A device that runs no OpenCL C.
  case custom

  init(_ bits: cl_device_type) {
    if bits & cl_device_type(CL_DEVICE_TYPE_GPU) != 0 {
      self = .gpu
    } else if bits & cl_device_type(CL_DEVICE_TYPE_ACCELERATOR) != 0 {
      self = .accelerator
    } else if bits & cl_device_type(CL_DEVICE_TYPE_CPU) != 0 {
      self = .cpu
    } else {
      self = .custom
    }
  }
}
