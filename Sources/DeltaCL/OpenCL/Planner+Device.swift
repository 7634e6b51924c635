import OpenCL

extension Planner {
  /// The planner for a device's class.
  init(for device: Device) {
    self = device.type == .cpu ? .cpu : .gpu
  }
}
