import OpenCL

extension Planner {
  /// The planner for a device, around what has failed in a self-test. A warning on standard error says if that is not enough.
  ///
  /// - Throws: ``DeltaCLError`` (`unknownDevice`) if the device cannot run a family that was asked for.
  init(
    _ device: Device, selector: String, family: KernelFamily?, exact: Bool, selfTest: SelfTestRecord?
  ) throws(DeltaCLError) {
    try self.init(for: DeviceLimits(device), family: family, exact: exact)
    guard let selfTest else { return }
    exclusions = selfTest.exclusions
    if selfTest.state.hasFailed {
      StandardError.lineOnce(
        "warning: \(selector) (\(device.name)) computes wrong values, its self-test \(selfTest.state): choose another device, "
          + "or update its driver and run `deltacl selftest` again")
    }
  }
}
