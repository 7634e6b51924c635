import Testing

@testable import DeltaCL

@Suite struct PadConformanceTests {
  private var random = RandomValues(seed: 33)

  static let modes: [Pad.Mode] = [.constant(-1.5), .reflect, .edge, .wrap]

  /// Shapes with the places before and after each axis; more of them than the axis has, too.
  static let cases: [(shape: Shape, before: [Int], after: [Int])] =
    TestDevice.usesSmallShapes
    ? [([2, 3], [1, 0], [0, 5])]
    : [
      ([3], [2], [1]), ([3], [7], [10]), ([2], [5], [4]), ([5], [0], [0]),
      ([2, 7, 5, 3], [0, 3, 2, 0], [0, 1, 4, 0]),
      ([1, 20, 24, 16], [0, 1, 1, 0], [0, 1, 1, 0]), ([2, 3, 2], [3, 0, 1], [1, 5, 0]), ([0, 3], [0, 1], [0, 2]),
    ]

  @Test(arguments: cases, modes)
  mutating func elementsAreThoseOfTheMode(
    _ tested: (shape: Shape, before: [Int], after: [Int]), _ mode: Pad.Mode
  ) throws {
    let pad = try Pad(tested.shape, before: tested.before, after: tested.after, mode: mode)
    let x = random.integers(pad.inputShape.elementCount), dy = random.integers(pad.outputShape.elementCount)
    let y = try verify(.pad(pad), [.float32(x)])[0].floats
    let dx = try verify(.padDelta(pad), [.float32(dy)])[0].floats
    // `<y(x), dy> = <x, dx(dy)>`, exactly on integers; a constant has no delta.
    let linear = if case .constant = mode { zip(y, dy).filter { $0.0 != -1.5 } } else { Array(zip(y, dy)) }
    #expect(linear.reduce(0) { $0 + $1.0 * $1.1 } == zip(x, dx).reduce(0) { $0 + $1.0 * $1.1 })
    let whole: Pad.Mode = if case .constant = mode { .constant(-7) } else { mode }
    let integral = try Pad(
      tested.shape, before: tested.before, after: tested.after, mode: whole, elementType: .int32)
    try verify(.pad(integral), [.int32(random.labels(integral.inputShape.elementCount, classes: 9))])
  }

  @Test func rowsAreNumPys() throws {
    func padded(_ mode: Pad.Mode, _ before: Int, _ after: Int) throws -> [Float] {
      let pad = try Pad([3], before: [before], after: [after], mode: mode)
      return try run(.pad(pad), [.float32([1, 2, 3])], on: TestDevice.backend())[0].floats
    }
    #expect(try padded(.constant(9), 1, 2) == [9, 1, 2, 3, 9, 9])
    #expect(try padded(.reflect, 2, 2) == [3, 2, 1, 2, 3, 2, 1])
    #expect(try padded(.reflect, 5, 6) == [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1])
    #expect(try padded(.edge, 2, 1) == [1, 1, 1, 2, 3, 3])
    #expect(try padded(.wrap, 4, 5) == [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2])
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "[-1]") { try Pad([3], before: [-1], after: [0]) }
    expectError(.invalidDescriptor, naming: "[3, 4]") { try Pad([3, 4], before: [1], after: [0, 0]) }
    expectError(.invalidDescriptor, naming: "at least 2", "reflect") {
      try Pad([1], before: [1], after: [0], mode: .reflect)
    }
    expectError(.invalidDescriptor, naming: "at least 1", "edge") {
      try Pad([0], before: [1], after: [0], mode: .edge)
    }
    expectError(.invalidDescriptor, naming: "0.5") {
      try Pad([1], before: [1], after: [0], mode: .constant(0.5), elementType: .int32)
    }
    expectError(.tooLarge) { try Pad([1, 1], before: [1 << 30, 1 << 30], after: [0, 0]) }
    expectError(.invalidDescriptor) { try Pad([1], before: [.max], after: [.max]) }
  }
}
