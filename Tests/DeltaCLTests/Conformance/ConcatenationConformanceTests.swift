import Testing

@testable import DeltaCL

@Suite struct ConcatenationConformanceTests {
  private var random = RandomValues(seed: 32)

  static let cases: [(shapes: [Shape], axis: Int)] =
    TestDevice.usesSmallShapes
    ? [([[2, 3], [2, 1]], 1)]
    : [
      ([[5]], 0), ([[2, 3], [4, 3], [0, 3]], 0), ([[2, 3], [2, 40]], -1), ([[2, 5, 5, 3], [2, 5, 5, 16]], 3),
      ([[2, 3, 4], [2, 1, 4], [2, 20, 4]], 1),
    ]

  @Test(arguments: cases) mutating func partsLieSideBySide(shapes: [Shape], axis: Int) throws {
    let concatenation = try Concatenation(shapes, axis: axis)
    let parts = shapes.map { random.floats($0.elementCount) }
    let y = try verify(.concat(concatenation), parts.map(Values.float32))[0]
    let sizes = shapes.map { $0.dimensions[concatenation.axis] }
    for (index, part) in try StridedCopy.split(concatenation.outputShape, sizes: sizes, axis: axis).enumerated() {
      #expect(try verify(.stridedCopy(part), [y])[0] == .float32(parts[index]))
    }
    let integral = try Concatenation(shapes, axis: axis, elementType: .int32)
    try verify(
      .concat(integral), shapes.map { .int32(random.labels($0.elementCount, classes: 1_000)) })
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "no tensors") { try Concatenation([], axis: 0) }
    expectError(.invalidDescriptor, naming: "axis 1") { try Concatenation([[2]], axis: 1) }
    expectError(.invalidDescriptor, naming: "[2, 3]", "[3, 2]") { try Concatenation([[3, 2], [2, 3]], axis: 0) }
    expectError(.invalidDescriptor, naming: "[2]") { try Concatenation([[3, 2], [2]], axis: 0) }
    expectError(.tooLarge) { try Concatenation([[1 << 30], [1 << 30]], axis: 0) }
  }
}
