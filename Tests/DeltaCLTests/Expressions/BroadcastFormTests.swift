import Testing

@testable import DeltaCL

@Suite struct BroadcastFormTests {
  @Test func shapesMeetAtTheInnermostAxis() throws {
    #expect(try BroadcastForm.shape(of: [[8, 1, 6, 1], [7, 1, 5]], "") == [8, 7, 6, 5])
    #expect(try BroadcastForm.shape(of: [[256, 256, 3], [3]], "") == [256, 256, 3])
    #expect(try BroadcastForm.shape(of: [[], [4, 0], [1]], "") == [4, 0])
    #expect(try BroadcastForm.shape(of: [], "") == [])
  }

  @Test(arguments: [([3], [4]), ([2, 1], [8, 4, 3]), ([0], [2])] as [(Shape, Shape)])
  func extentsThatDifferAreRefused(a: Shape, b: Shape) {
    expectError(.mismatch, naming: "\(a), \(b)", "do not broadcast") {
      try TensorOperation.elementwise(.input(0) + .input(1), inputs: [a, b])
    }
  }

  @Test func neighbouringAxesOfTheSameKindAreOne() {
    let channels = BroadcastForm([[2, 3, 4, 5], [5]], to: [2, 3, 4, 5])
    #expect(channels.extents == [24, 5] && channels.variations == [[true, true], [false, true]])
    let flat = BroadcastForm([[2, 1, 3], [2, 1, 3], [1]], to: [2, 1, 3])
    #expect(flat.extents == [6] && flat.variations == [[true], [true], [false]])
    let one = BroadcastForm([[], [1, 1]], to: [1, 1])
    #expect(one.extents == [1] && one.rows == 1 && one.length == 1)
    #expect(BroadcastForm([[3, 1, 2], [4, 1]], to: [3, 4, 2]).positions(of: 2 * 8 + 3 * 2 + 1) == [2 * 2 + 1, 3])
  }

  @Test func expressionsThatNoKernelTakesAreRefused() {
    expectError(.invalidDescriptor, naming: "reads input 1, and there are 1 inputs") {
      try TensorOperation.elementwise(.input(0) + .input(1), inputs: [[2]])
    }
    expectError(.invalidDescriptor, naming: "reads input -1") {
      try TensorOperation.elementwise(.input(-1), inputs: [[2]])
    }
    expectError(.invalidDescriptor, naming: "1 inputs and 129 constants") {
      let sum = (0..<129).reduce(ElementwiseExpression.input(0)) { $0 * .constant(Float($1) + 2) }
      return try TensorOperation.elementwise(sum, inputs: [[2]])
    }
    expectError(.mismatch, naming: "[3] cannot be broadcast to [2]") {
      try TensorOperation.elementwise(.input(0), inputs: [[3]], broadcastTo: [2])
    }
    expectError(.tooLarge, naming: "elementwise: y") {
      try TensorOperation.elementwise(.input(0) + .input(1), inputs: [[1 << 20, 1], [1 << 20]])
    }
  }
}
