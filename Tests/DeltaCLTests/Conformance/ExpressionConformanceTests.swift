import Foundation
import Testing

@testable import DeltaCL

@Suite struct ExpressionConformanceTests {
  typealias Expression = ElementwiseExpression

  private var random = RandomValues(seed: 31)

  /// One formula for all of them, so that there is one program: input 0 says which.
  private func choosing(_ functions: [Expression]) -> Expression {
    var choice: Expression = 0
    for (index, function) in functions.enumerated() {
      choice = .where(.equal(.input(0), .constant(Float(index))), function, choice)
    }
    return choice
  }

  /// Each function at each point.
  private func verifyAll(_ functions: [Expression], at points: [[Float]], _ tolerance: Tolerance) throws {
    let columns = Shape([1, points[0].count])
    try verify(
      .elementwise(choosing(functions), inputs: [[functions.count, 1]] + points.map { _ in columns }),
      [.float32(functions.indices.map(Float.init))] + points.map(Values.float32), tolerance)
  }

  private static let points: [Float] =
    ActivationConformanceTests.special + [
      0.5, -0.5, 1.5, 2.5, -2.5, 0.1, -0.1, 1e-3, -1e-3, 3, -3, -2.9, 8, -8, 12, -12, 1e7,
    ]

  /// The least precise functions of OpenCL may be off by 16 units in the last place; the logarithm of a number near 1 and what
  /// is 0 beside the smallest normal number by that.
  @Test func functionsOfOneNumber() throws {
    try verifyAll(
      UnaryFunction.allCases.map { .unary($0, .input(1)) }, at: [Self.points],
      .near(relative: 16 * Tolerance.epsilon, absolute: 2 * .leastNormalMagnitude))
  }

  /// In its tail the relative error of an exponential is that of the exponent, which is up to 120. A sigmoid is 0 where `exp(-x)` overflows,
  /// from -88.7 downwards.
  @Test func activations() throws {
    let x = Expression.input(1)
    let functions: [Expression] = [
      .silu(x), .gelu(x), .geluTanh(x), .mish(x), .elu(x, alpha: 0.7), .selu(x), .celu(x, alpha: 0.7), .softsign(x),
      .hardSigmoid(x), .hardSwish(x), .prelu(x, slope: 0.25), .clip(x, -1, 1), .relu(x), .relu6(x),
    ]
    try verifyAll(
      functions, at: [Self.points], .near(relative: 256 * Tolerance.epsilon, absolute: 1e-36))
  }

  @Test func functionsOfTwoNumbers() throws {
    let some: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1, 2, -3, 0.5, 1e30, -1e-30]
    let pairs = some.flatMap { a in some.map { (a, $0) } }
    let functions = BinaryFunction.allCases.filter { $0 != .power }
    try verifyAll(
      functions.map { .binary($0, .input(1), .input(2)) } + [.where(.input(1), .input(2), 7)],
      at: [pairs.map(\.0), pairs.map(\.1)], .near(relative: 3 * Tolerance.epsilon, absolute: 0))
    try verify(
      .elementwise(.power(.input(0), .input(1)), inputs: [[pairs.count], [pairs.count]]),
      [.float32(pairs.map(\.0)), .float32(pairs.map(\.1))],
      .near(relative: 16 * Tolerance.epsilon, absolute: 2 * .leastNormalMagnitude))
  }

  static let shapes: [[Shape]] =
    TestDevice.usesSmallShapes
    ? [[[3, 5], [5]], [[2, 1, 3], [4, 1]]]
    : [
      [[0], [0]], [[1], [1]], [[17], [17]], [[2_051], [2_051]], [[5_000], []], [[], []], [[3, 0], [0]],
      [[3, 5, 7], [7]], [[70, 19], [19]], [[300, 64], [64]], [[3, 2_100], [3, 1]], [[6, 1], [1, 5_000]],
      [[2, 1, 3, 1], [4, 1, 17]], [[4, 3, 1, 2], [4, 1, 5, 2]], [[16, 1], [16]],
    ]

  /// Sums of products of small integers do not round.
  @Test(arguments: shapes) mutating func shapesAreBroadcast(_ inputs: [Shape]) throws {
    let values = inputs.map { Values.float32(random.integers($0.elementCount)) }
    let results = try verify(.elementwise(.input(0) * .input(1) + 3, inputs: inputs), values)
    #expect(try results[0].floats.count == BroadcastForm.shape(of: inputs, "").elementCount)
  }

  @Test mutating func resultsAreBroadcastFurther() throws {
    try verify(
      .elementwise(.input(0) + 1, inputs: [[3, 1]], broadcastTo: [2, 3, 4]), [.float32(random.integers(3))])
    try verify(.elementwise(2.5, inputs: [], broadcastTo: [2, 3]), [])
  }

  /// A result may take the place of an input of its shape.
  @Test mutating func inPlace() throws {
    for backend in try TestDevice.backends() {
      let operation = try TensorOperation.elementwise(.input(1) - .input(0) * .input(0), inputs: [[70, 19], [19]])
      #expect(operation.inPlaceOperands == [0])
      let (x, s) = (random.integers(70 * 19), random.integers(19))
      let tensor = try Tensor(x, shape: [70, 19], on: backend), scale = try Tensor(s, shape: [19], on: backend)
      try backend.plan(for: operation)
        .bind([tensor.storage, scale.storage, tensor.storage], scratch: nil, label: "in place").enqueue()
      #expect(try tensor.floats() == x.indices.map { s[$0 % 19] - x[$0] * x[$0] })
    }
  }
}
