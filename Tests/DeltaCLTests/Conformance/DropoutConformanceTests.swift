import DeltaCL
import Testing

@Suite struct DropoutConformanceTests {
  private var random = RandomValues(seed: 14)

  @Test(
    arguments: TestDevice.usesSmallShapes ? [70] : [0, 1, 15, 16, 17, 63, 64, 65, 130, 2_048, 5_001], [0, 0.2, 0.5, 1])
  mutating func dropsTheSameElementsEverywhere(count: Int, probability: Float) throws {
    let dropout = try Dropout(count: count, probability: probability, seed: 0xFEDC_BA98_7654_3210, layer: 3)
    try verify(.dropout(dropout), [.float32(random.floats(count)), .int32([-5])])
  }

  @Test func specialValues() throws {
    let special = ActivationConformanceTests.special
    let dropout = try Dropout(count: special.count, probability: 0.5, seed: 1)
    try verify(.dropout(dropout), [.float32(special), .int32([0])])
  }

  @Test(arguments: [0.2, 0.5, 0.9] as [Float])
  func theShareOfDroppedElementsIsTheProbability(probability: Float) throws {
    let count = TestDevice.usesSmallShapes ? 640 : 64_000
    func mask(seed: UInt64, layer: UInt32, step: Int32) throws -> [Float] {
      let dropout = try Dropout(count: count, probability: probability, seed: seed, layer: layer)
      let ones = Values.float32([Float](repeating: 1, count: count))
      return try run(.dropout(dropout), [ones, .int32([step])], on: TestDevice.backend())[0].floats
    }
    let first = try mask(seed: 1, layer: 0, step: 0)
    let dropped = Float(first.count { $0 == 0 }) / Float(count)
    // Five standard deviations of a binomial distribution.
    #expect(abs(dropped - probability) < 5 * (probability * (1 - probability) / Float(count)).squareRoot())
    #expect(Set(first) == [0, 1 / (1 - probability)])
    #expect(try mask(seed: 2, layer: 0, step: 0) != first)
    #expect(try mask(seed: 1 << 32 | 1, layer: 0, step: 0) != first)
    #expect(try mask(seed: 1, layer: 1, step: 0) != first)
    #expect(try mask(seed: 1, layer: 0, step: 1) != first)
  }

  @Test func incrementCounts() throws {
    #expect(try verify(.increment, [.int32([41])]) == [.int32([42])])
    #expect(try verify(.increment, [.int32([.max])]) == [.int32([.min])])
  }

  @Test func impossibleDescriptors() {
    expectError(.invalidDescriptor, naming: "-0.1") { try Dropout(count: 1, probability: -0.1, seed: 0) }
    expectError(.invalidDescriptor, naming: "1.5") { try Dropout(count: 1, probability: 1.5, seed: 0) }
    expectError(.invalidDescriptor, naming: "nan") { try Dropout(count: 1, probability: .nan, seed: 0) }
    expectError(.invalidDescriptor) { try Dropout(count: -1, seed: 0) }
    expectError(.tooLarge) { try Dropout(count: .max, seed: 0) }
  }
}
