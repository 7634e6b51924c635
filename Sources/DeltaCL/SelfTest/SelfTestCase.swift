/// What a self-test runs: an operation of a small shape by one of its plans, and the values of the operands that it reads or updates.
struct SelfTestCase: Sendable {
  let operation: TensorOperation
  /// The plan; `nil` for operations that have one.
  let choice: PlanChoice?
  let inputs: [HostValues]
  let tolerance: SelfTestTolerance
  /// The kernels of the plan.
  let kernels: [KernelVariant]

  /// - Throws: ``DeltaCLError`` where the operation cannot be planned so.
  init(
    _ operation: TensorOperation, choice: PlanChoice? = nil, _ inputs: [HostValues], _ tolerance: SelfTestTolerance,
    on planner: Planner
  ) throws(DeltaCLError) {
    self.operation = operation
    self.choice = choice
    self.inputs = inputs
    self.tolerance = tolerance
    kernels = try (choice.map(planner.choosing) ?? planner).decide(operation).launches.variants
  }
}
