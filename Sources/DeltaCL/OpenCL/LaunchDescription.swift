/// A kernel launch with all that decides how fast it runs, for tools that judge kernels without a device.
package struct LaunchDescription: Hashable, Sendable, Encodable {
  /// Memory that a kernel reads or writes.
  package struct Buffer: Hashable, Sendable, Encodable {
    /// The kernel's parameter.
    let name: String
    let byteCount: Int
    /// `read`, `write` or `update` for an operand, `scratch` for what the launches of an operation share.
    let access: String
  }

  /// The kernel's name.
  let kernel: String
  /// The path of a file in `Kernels/OpenCL`, without its extension.
  let source: String
  /// The preprocessor definitions that the program is built with.
  let constants: [String: Int]
  /// Macros that stand in front of the source.
  let definitions: String
  /// Work-items along one to three axes, the first a multiple of ``localSize``.
  let globalSize: [Int]
  /// The work-items of a work-group along the first axis; it has one along the others.
  let localSize: Int
  /// The names of the kernel's parameters in their order.
  let parameters: [String]
  /// The integer arguments by the names of the kernel's parameters.
  let integers: [String: Int]
  /// The buffers in the order of the kernel's parameters.
  let buffers: [Buffer]

  init(_ launch: Launch, of operation: TensorOperation, scratchByteCounts: [Int], _ planner: Planner) {
    kernel = launch.kernel
    source = launch.program.source
    constants = launch.program.constants
    definitions = launch.program.definitions
    let localSize = launch.localSize ?? planner.workGroupSize(covering: launch.globalSize[0])
    self.localSize = localSize
    globalSize = [ceilingDivision(launch.globalSize[0], localSize) * localSize] + launch.globalSize.dropFirst()
    parameters = launch.arguments.names
    let operands = operation.operands
    var integers: [String: Int] = [:]
    var buffers: [Buffer] = []
    for (name, value) in zip(launch.arguments.names, launch.arguments.values) {
      switch value {
      case .operand(let position):
        let operand = operands[position]
        buffers.append(
          Buffer(
            name: name, byteCount: operand.shape.elementCount * operand.elementType.byteCount,
            access: "\(operand.access)"))
      case .scratch(let position):
        buffers.append(Buffer(name: name, byteCount: scratchByteCounts[position], access: "scratch"))
      case .int(let integer): integers[name] = integer
      case .float: break
      }
    }
    self.integers = integers
    self.buffers = buffers
  }
}

extension TensorOperation {
  /// The launches of the default plan for the GPUs of a vendor, in their order. No device is asked.
  ///
  /// - Parameter subgroupSizes: Those that a kernel may require of the driver.
  /// - Throws: ``DeltaCLError`` (`tooLarge`) where scratch would be too large to index.
  package func launches(on vendor: GPUVendor, subgroupSizes: [Int]) throws(DeltaCLError) -> [LaunchDescription] {
    let planner = Planner.gpu(for: DeviceLimits(vendor: vendor, subgroupSizes: subgroupSizes))
    let list = try planner.decide(self).launches
    return list.launches.map { LaunchDescription($0, of: self, scratchByteCounts: list.scratchByteCounts, planner) }
  }
}
