import OpenCL

extension Planner {
  /// The planner for a device's class.
  ///
  /// - Parameter exact: Whether Winograd's algorithm is turned off.
  init(for device: Device, exact: Bool) {
    self = device.type == .cpu ? .cpu : .gpu
    winogradLocalBytes = exact ? 0 : min(winogradLocalBytes, device.localMemoryBytes)
  }

  /// The same planner without Winograd's algorithm.
  var exact: Planner {
    var planner = self
    planner.winogradLocalBytes = 0
    return planner
  }
}
