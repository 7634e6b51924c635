import DeltaCL
import DeltaCLNetworks

/// The kernel launches of networks on the GPUs of a vendor; those that are the same appear once.
struct LaunchTable: Encodable {
  struct Step: Encodable {
    let network: String
    /// `training` or `inference`.
    let mode: String
    let batch: Int
    let operations: [StepOperation]
  }

  struct StepOperation: Encodable {
    let operation: String
    let shapes: String
    /// The multiplications that the mathematics asks for; 0 for what memory alone bounds.
    let multiplications: Int
    /// Indices in ``launches``.
    let launches: [Int]
    /// How often a step has the operation.
    var count: Int
  }

  private let vendor: GPUVendor
  private let subgroupSizes: [Int]
  private(set) var launches: [LaunchDescription] = []
  private(set) var steps: [Step] = []
  private var indices: [LaunchDescription: Int] = [:]

  private enum CodingKeys: CodingKey {
    case launches, steps
  }

  /// - Parameter subgroupSizes: Those that a kernel may require of the driver.
  init(vendor: GPUVendor, subgroupSizes: [Int]) {
    self.vendor = vendor
    self.subgroupSizes = subgroupSizes
  }

  /// Adds a step.
  mutating func append(network: String, mode: String, batch: Int, _ operations: [TensorOperation]) throws {
    var counted: [StepOperation] = []
    var positions: [TensorOperation: Int] = [:]
    for operation in operations {
      if let position = positions[operation] {
        counted[position].count += 1
        continue
      }
      positions[operation] = counted.count
      counted.append(
        StepOperation(
          operation: operation.name, shapes: operation.shapeText,
          multiplications: operation.floatingPointOperations / 2,
          launches: try operation.launches(on: vendor, subgroupSizes: subgroupSizes).map { index(of: $0) }, count: 1))
    }
    steps.append(Step(network: network, mode: mode, batch: batch, operations: counted))
  }

  private mutating func index(of launch: LaunchDescription) -> Int {
    if let index = indices[launch] { return index }
    indices[launch] = launches.count
    launches.append(launch)
    return launches.count - 1
  }
}
