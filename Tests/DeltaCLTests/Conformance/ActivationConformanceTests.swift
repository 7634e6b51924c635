import DeltaCL
import Testing

@Suite struct ActivationConformanceTests {
  private var random = RandomValues(seed: 4)

  static let functions: [Activation] = [
    .relu, .relu6, .leakyReLU(slope: 0.01), .leakyReLU(slope: 0.25), .sigmoid, .tanh,
  ]
  static let special: [Float] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 6, 5.9999995, 6.0000005, 20, -20, 90, -90, 1e30, -1e30,
    .leastNormalMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
  ]

  /// The rectifiers compare and multiply once; `exp` and `tanh` may be off by 3 and 5 units in the last place. Beside 1 their
  /// deltas cancel.
  private func tolerance(_ function: Activation) -> Tolerance {
    switch function {
    case .relu, .relu6, .leakyReLU: .exact
    case .sigmoid, .tanh: .near(relative: 8 * Tolerance.epsilon, absolute: 1e-37)
    }
  }

  private func deltaTolerance(_ function: Activation) -> Tolerance {
    switch function {
    case .relu, .relu6, .leakyReLU: .exact
    case .sigmoid, .tanh: .near(relative: 16 * Tolerance.epsilon, absolute: 16 * Tolerance.epsilon)
    }
  }

  @Test(arguments: functions, TestDevice.usesSmallShapes ? [5] : [0, 1, 15, 16, 17, 1_000])
  mutating func randomValues(_ function: Activation, count: Int) throws {
    let x = Values.float32(random.floats(count, -8...8))
    let dy = Values.float32(random.floats(count))
    try verify(.activation(function, count: count), [x], tolerance(function))
    let y = Values.float32(random.floats(count, -1...7))
    try verify(.activationDelta(function, count: count), [y, dy], deltaTolerance(function))
  }

  @Test(arguments: functions)
  func specialValues(_ function: Activation) throws {
    let x = Values.float32(Self.special)
    let dy = Values.float32(Self.special.map { _ in 1 })
    try verify(.activation(function, count: Self.special.count), [x], tolerance(function))
    try verify(.activationDelta(function, count: Self.special.count), [x, dy], deltaTolerance(function))
  }

  /// The sign of y would not tell the sign of x.
  @Test(arguments: [-0.5, .nan, .infinity] as [Float])
  func impossibleSlopesAreRefused(slope: Float) throws {
    for operation in [
      TensorOperation.activation(.leakyReLU(slope: slope), count: 1),
      .activationDelta(.leakyReLU(slope: slope), count: 1),
      .fused(.add(count: 1), .activation(.leakyReLU(slope: slope))),
    ] {
      #expect(throws: DeltaCLError.self) { try operation.validate() }
    }
  }
}
