import DeltaCL
import Testing

@Suite struct ElementwiseConformanceTests {
  private var random = RandomValues(seed: 6)

  static let counts = TestDevice.usesSmallShapes ? [5] : [0, 1, 15, 16, 17, 255, 1_025]

  @Test(arguments: counts)
  mutating func addIsExact(count: Int) throws {
    try verify(.add(count: count), [.float32(random.floats(count)), .float32(random.floats(count))])
  }

  @Test(arguments: counts)
  mutating func scaleIsExact(count: Int) throws {
    try verify(.scale(count: count, factor: -0.3), [.float32(random.floats(count))])
  }

  @Test(arguments: counts)
  func fillIsExact(count: Int) throws {
    try verify(.fill(count: count, value: 0.1), [])
  }

  @Test(arguments: counts)
  mutating func copyIsExact(count: Int) throws {
    try verify(.copy(count: count), [.float32(random.floats(count))])
  }

  @Test func specialValues() throws {
    let special = ActivationConformanceTests.special
    let x = Values.float32(special)
    try verify(.copy(count: special.count), [x])
    try verify(.scale(count: special.count, factor: 0.5), [x])
    try verify(.add(count: special.count), [x, .float32(special.reversed())])
    for value in [Float.nan, .infinity, -0.0] {
      try verify(.fill(count: 3, value: value), [])
    }
  }
}
