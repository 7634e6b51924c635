import Testing

@testable import DeltaCL

@Suite struct ReductionConformanceTests {
  typealias Function = TensorOperation.Reduction.Function

  private var random = RandomValues(seed: 32)
  private let isSmall = TestDevice.usesSmallShapes

  static let cases: [(Shape, [Int])] =
    TestDevice.usesSmallShapes
    ? [([3, 21], [1]), ([5, 19], [0]), ([2, 3, 2, 2], [0, 2])]
    : [
      ([3, 21], [1]), ([130, 17], [0]), ([5], [0]), ([], []), ([4, 5], []), ([2, 1, 3], [1]),
      ([2, 3, 4, 17], [0, 1, 2]),
      ([2, 3, 40, 17], [1, 3]), ([700], [0]), ([20_000], [0]), ([3, 9_000], [-1]), ([3, 9_000, 2], [1]),
      ([1_000, 300], [0]), ([1_500, 3], [1]), ([0, 3], [0]), ([3, 0], [0]), ([0], [0]),
    ]

  @Test(arguments: cases) mutating func sums(_ shape: Shape, axes: [Int]) throws {
    let operation = try TensorOperation.reduction(.sum, shape: shape, axes: axes)
    try verify(operation, [.float32(random.integers(shape.elementCount))])
    try verify(operation, [.float32(random.floats(shape.elementCount))], .sum(terms: terms(shape, axes)))
  }

  private func terms(_ shape: Shape, _ axes: [Int]) -> Int {
    axes.reduce(1) { $0 * shape.dimensions[$1 < 0 ? $1 + shape.dimensions.count : $1] }
  }

  /// Few shapes, because each function has programs of its own.
  @Test(arguments: Function.allCases.filter { $0 != .sum }) mutating func functions(_ function: Function) throws {
    try verifyRowsAndColumns(function, factor: 1)
  }

  /// So many elements that they are split.
  @Test(arguments: TestDevice.usesSmallShapes ? [Function.l2] : [.l2, .logSumExp, .argMax])
  mutating func longAxes(_ function: Function) throws {
    try verifyRowsAndColumns(function, factor: isSmall ? 20 : 400)
  }

  private mutating func verifyRowsAndColumns(_ function: Function, factor: Int) throws {
    let shapes: [(Shape, [Int])] = [([3, 21 * factor], [1]), ([21 * factor, 17], [0])]
    for (shape, axes) in shapes {
      let operation = try TensorOperation.reduction(function, shape: shape, axes: axes)
      // Products neither overflow nor vanish.
      let x = function == .product ? random.floats(shape.elementCount, 0.99...1.01) : random.floats(shape.elementCount)
      try verify(operation, [.float32(x)], tolerance(function, terms: 21 * factor))
    }
  }

  private func tolerance(_ function: Function, terms: Int) -> Tolerance {
    switch function {
    case .maximum, .minimum, .argMax, .argMin: .exact
    case .sum, .mean, .l1: .sum(terms: terms)
    // Half an epsilon for each factor, or each term and its function.
    case .product: .near(relative: Float(terms) / 2 * Tolerance.epsilon, absolute: 0)
    case .l2, .logSumExp: .near(relative: (8 + 2 * Float(terms).squareRoot()) * Tolerance.epsilon, absolute: 1e-6)
    }
  }

  /// Equal terms, each of which is rounded the same way.
  @Test(arguments: SumData.allCases) mutating func longSums(_ data: SumData) throws {
    let shapes: [(Shape, [Int])] =
      isSmall
      ? [([300], [0])] : [([1 << 18], [0]), ([1 << 16, 3], [0]), ([3, 1 << 15], [1]), ([16, 40, 300], [0, 2])]
    for (shape, axes) in shapes {
      let count = terms(shape, axes)
      try verify(
        .reduction(.sum, shape: shape, axes: axes), [.float32(data.values(shape.elementCount, &random))],
        data.tolerance(terms: count))
    }
  }

  private static let special: [[Float]] = [
    [.nan, 1, 2], [1, .nan, .infinity], [.infinity, -.infinity, 0], [-.infinity, -.infinity, -.infinity],
    [.infinity, 1, .infinity], [0, -0.0, 0], [-1, -1, -2], [1e30, 1e30, -1e30], [100, 99, -100], [2, .nan, .nan],
  ]

  @Test(arguments: Function.allCases) func specialValues(_ function: Function) throws {
    for (index, row) in Self.special.enumerated() {
      // The sum of squares overflows.
      if function == .l2, index == 7 { continue }
      let tolerance = Tolerance.near(relative: 16 * Tolerance.epsilon, absolute: 0)
      // Of 20 elements, so that there are vectors.
      let x = Values.float32(row + [Float](repeating: row[2], count: 17))
      try verify(.reduction(function, shape: [20]), [x], tolerance)
      let columns: [Float] = x.floats.flatMap { [Float](repeating: $0, count: 17) }
      try verify(.reduction(function, shape: [20, 17], axes: [0]), [.float32(columns)], tolerance)
    }
  }

  /// The first of equal elements, whichever lane or range has it.
  @Test(arguments: [Function.argMax, .argMin], [1, 17])
  mutating func theFirstOfEqualElements(_ function: Function, inner: Int) throws {
    let count = isSmall ? 600 : 12_000
    let operation = try TensorOperation.reduction(function, shape: [count, inner], axes: [0])
    try verify(operation, [.float32(random.integers(count * inner, -2...2))])
    try verify(operation, [.float32([Float](repeating: 1, count: count * inner))])
    var late = [Float](repeating: 0, count: count * inner)
    for index in (count - 7) * inner..<count * inner { late[index] = function == .argMax ? 1 : -1 }
    try verify(operation, [.float32(late)])
    for index in (count / 2) * inner..<count * inner { late[index] = .nan }
    try verify(operation, [.float32(late)])
  }

  @Test func shapesOfResults() throws {
    func shape(_ axes: [Int]?, keepingAxes: Bool = false) throws -> Shape {
      try TensorOperation.reduction(.sum, shape: [2, 3, 4], axes: axes, keepingAxes: keepingAxes).operands[1].shape
    }
    #expect(try shape(nil) == [] && shape([]) == [2, 3, 4] && shape([-1]) == [2, 3] && shape([2, 0]) == [3])
    #expect(try shape([1], keepingAxes: true) == [2, 1, 4] && shape(nil, keepingAxes: true) == [1, 1, 1])
    let position = try TensorOperation.reduction(.argMax, shape: [2, 1, 3, 4], axes: [0, 2])
    #expect(position.operands[1].elementType == .int32)
  }

  @Test func impossibleReductionsAreRefused() {
    expectError(.invalidDescriptor, naming: "reduce-sum", "axis 2", "[3, 4]") {
      try TensorOperation.reduction(.sum, shape: [3, 4], axes: [2])
    }
    expectError(.invalidDescriptor, naming: "no axis -3") {
      try TensorOperation.reduction(.sum, shape: [3, 4], axes: [-3])
    }
    expectError(.invalidDescriptor, naming: "axis 1 is named twice") {
      try TensorOperation.reduction(.sum, shape: [3, 4], axes: [1, -1])
    }
    for function: Function in [.maximum, .minimum, .argMax, .argMin] {
      expectError(.invalidDescriptor, naming: "no element") {
        try TensorOperation.reduction(function, shape: [3, 0], axes: [1])
      }
    }
    expectError(.invalidDescriptor, naming: "arg-max", "not neighbours") {
      try TensorOperation.reduction(.argMax, shape: [2, 3, 4], axes: [0, 2])
    }
    expectError(.tooLarge, naming: "reduce-sum: y") {
      try TensorOperation.reduction(.sum, shape: [0, 1 << 40, 1 << 40], axes: [0])
    }
  }

  /// What overflows is beside an extent of 0.
  @Test func hugeExtentsOfNothing() throws {
    try verify(.reduction(.sum, shape: [0, 1 << 40, 1 << 40]), [.float32([])])
    try verify(.reduction(.mean, shape: [1 << 40, 1 << 40, 0]), [.float32([])])
  }
}
