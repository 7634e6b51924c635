import Testing

@testable import DeltaCL

@Suite struct MatmulConformanceTests {
  private var random = RandomValues(seed: 35)

  /// Extents of a and b as they are multiplied, before one is given transposed.
  static let cases: [(a: Shape, b: Shape)] =
    TestDevice.usesSmallShapes
    ? [([2, 3], [3, 2]), ([2, 2, 3], [2, 3, 2])]
    : [
      ([1, 17], [17, 1]), ([5, 17], [17, 20]), ([40, 17], [17, 35]),
      // A batch of b's one matrix, of matrices of both, and of a's one matrix.
      ([3, 5, 17], [17, 20]), ([3, 13, 17], [3, 17, 20]), ([13, 17], [3, 17, 20]), ([2, 1, 5, 17], [1, 3, 17, 20]),
      ([2, 3, 5, 17], [3, 17, 20]), ([0, 4], [4, 3]), ([3, 0], [0, 4]), ([2, 3, 4], [0, 1, 4, 2]),
    ]

  private static func given(_ shape: Shape, transposed: Bool) -> Shape {
    let extents = shape.dimensions
    return transposed ? Shape(extents.dropLast(2) + extents.suffix(2).reversed()) : shape
  }

  private static func products(_ a: Shape, _ b: Shape) throws -> [Matmul] {
    try [(false, false), (false, true), (true, false), (true, true)].map { transposesA, transposesB in
      try Matmul(
        given(a, transposed: transposesA), given(b, transposed: transposesB), transposesA: transposesA,
        transposesB: transposesB)
    }
  }

  private mutating func integers(_ shape: Shape) -> Values { .float32(random.integers(shape.elementCount)) }

  @Test(arguments: cases) mutating func allFormsAreExactOnIntegers(a: Shape, b: Shape) throws {
    for product in try Self.products(a, b) {
      let (a, b) = (integers(product.aShape), integers(product.bShape))
      try verify(.matmul(product), [a, b])
    }
  }

  /// Of a batch, each epilogue that networks fuse.
  @Test mutating func epilogues() throws {
    let (a, b): (Shape, Shape) =
      TestDevice.usesSmallShapes ? ([2, 2, 3], [2, 3, 4]) : ([3, 13, 17], [3, 17, 20])
    for product in try Self.products(a, b) where !product.transposesA {
      let (a, b) = (integers(product.aShape), integers(product.bShape))
      try verify(.fused(.matmul(product), .activation(.relu)), [a, b])
      let activated = integers(product.outputShape)
      try verify(.fused(.matmul(product), .activationDelta(.relu)), [a, b, activated])
    }
  }

  @Test(
    arguments: TestDevice.usesSmallShapes ? [2] : [3_000], TestDevice.usesSmallShapes ? [.random] : SumData.allCases)
  mutating func longSums(terms: Int, data: SumData) throws {
    for product in try Self.products([2, 6, terms], [2, terms, 16]) {
      let a = Values.float32(data.values(product.aShape.elementCount, &random))
      let b = Values.float32(data.values(product.bShape.elementCount, &random))
      try verify(.matmul(product), [a, b], data.tolerance(terms: terms))
    }
  }

  /// Every plan of a batch.
  @Test mutating func candidatesConform() throws {
    let product = try Matmul([3, 5, 17], [3, 17, 20])
    let (a, b) = (integers(product.aShape), integers(product.bShape))
    // An interpreter would take minutes for the large tiles of a GPU.
    for (planner, count) in zip(TestDevice.exactPlanners, [1, TestDevice.usesSmallShapes ? 0 : 2]) {
      for choice in planner.candidates(for: .matmul(product)).prefix(count) {
        try verify(.matmul(product), [a, b], on: TestDevice.newBackend(planner.choosing(choice)))
      }
    }
    let y = try run(.matmul(product), [a, b], on: ReferenceBackend())[0].floats
    for index in y.indices {
      #expect(
        TensorOperation.matmul(product).referenceSample(at: index, of: [a.floats, b.floats])?.value == Double(y[index]))
    }
  }

  /// Infinities and NaN stay in their rows and columns, and matrices.
  @Test func specialValues() throws {
    let special = ActivationConformanceTests.special
    for product in try Self.products([2, 3, 4], [2, 4, 5]) {
      let a = (0..<product.aShape.elementCount).map { $0 % 7 == 3 ? special[$0 % special.count] : Float($0) }
      let b = (0..<product.bShape.elementCount).map { $0 % 11 == 5 ? special[$0 % special.count] : Float($0) }
      try verify(.matmul(product), [.float32(a), .float32(b)], .sum(terms: 4))
    }
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "two axes") { try Matmul([3], [3, 2]) }
    expectError(.invalidDescriptor, naming: "3 columns", "4 rows") { try Matmul([2, 3], [4, 2]) }
    expectError(.invalidDescriptor, naming: "[2, 2, 3]", "[3, 3, 2]") { try Matmul([2, 2, 3], [3, 3, 2]) }
    expectError(.tooLarge) { try Matmul([1 << 20, 1], [1, 1 << 20]) }
  }
}
