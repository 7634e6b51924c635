import Testing

@testable import DeltaCL

@Suite struct ResizeConformanceTests {
  private var random = RandomValues(seed: 36)

  static let sizes: [(input: Extent, output: Extent)] =
    TestDevice.usesSmallShapes
    ? [(Extent(2, 3), Extent(3, 2))]
    : [
      (Extent(5, 7), Extent(10, 14)), (Extent(9, 8), Extent(4, 3)), (Extent(1, 6), Extent(4, 1)),
      (Extent(2, 1), Extent(80, 9)), (Extent(3, 4), Extent(3, 4)),
    ]

  @Test(arguments: sizes, Resize.Mode.allCases)
  mutating func imagesAndDeltas(_ size: (input: Extent, output: Extent), _ mode: Resize.Mode) throws {
    for coordinates in Resize.Coordinates.allCases {
      let resize = try Resize(
        batch: mode == .nearest ? 2 : 1, inputSize: size.input, outputSize: size.output,
        channels: mode == .bilinear ? 3 : 20, mode: mode, coordinates: coordinates)
      let x = random.floats(resize.inputShape.elementCount), dy = random.floats(resize.outputShape.elementCount)
      // Weights are rounded some times, each by a part of 1, and so are the sums of up to 16 products of magnitude 1.
      let y = try verify(
        .resize(resize), [.float32(x)], mode == .nearest ? .exact : .near(relative: 1e-6, absolute: 4e-6))[0].floats
      // A pixel receives as many deltas as the image grows.
      let growth = Float(resize.outputSize.area) / Float(resize.inputSize.area)
      let dx = try verify(
        .resizeDelta(resize), [.float32(dy)], .near(relative: 1e-6, absolute: 4e-6 * max(1, growth)))[0].floats
      // `<y(x), dy> = <x, dx(dy)>`, up to the rounding of as many terms.
      let forward = zip(y, dy).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let backward = zip(x, dx).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(forward - backward) <= 1e-6 * Double(dy.count))
    }
  }

  /// What PyTorch's `interpolate` gives, worked out by its documented formulas.
  @Test func rowsAreThoseOfTheFormulas() throws {
    func row(
      _ x: [Float], to outputs: Int, _ mode: Resize.Mode, _ coordinates: Resize.Coordinates = .halfPixel
    ) throws -> [Float] {
      let resize = try Resize(
        batch: 1, inputSize: Extent(1, x.count), outputSize: Extent(1, outputs), channels: 1, mode: mode,
        coordinates: coordinates)
      return try run(.resize(resize), [.float32(x)], on: ReferenceBackend())[0].floats
    }
    #expect(try row([1, 2, 3], to: 6, .nearest, .asymmetric) == [1, 1, 2, 2, 3, 3])
    #expect(try row([1, 2, 3, 4, 5], to: 3, .nearest, .asymmetric) == [1, 2, 4])
    // Places -0.25, 0.25, 0.75 and so on; and 0.5 and 2.5, whose halves go down.
    #expect(try row([1, 2], to: 4, .nearest) == [1, 1, 2, 2])
    #expect(try row([1, 2, 3, 4], to: 2, .nearest) == [1, 3])
    #expect(try row([0, 4], to: 4, .bilinear) == [0, 1, 3, 4])
    #expect(try row([0, 3], to: 4, .bilinear, .alignCorners) == [0, 1, 2, 3])
    #expect(try row([0, 4], to: 4, .bilinear, .asymmetric) == [0, 2, 4, 4])
    #expect(try row([5, 7], to: 1, .bilinear, .alignCorners) == [5])
    // Halfway the weights are -3/32, 19/32, 19/32 and -3/32.
    #expect(try row([32, 0, 0, 0], to: 7, .bicubic, .alignCorners) == [32, 16, 0, -3, 0, 0, 0])
    #expect(try row([0, 32, 0, 0, 0], to: 9, .bicubic, .alignCorners) == [0, 19, 32, 19, 0, -3, 0, 0, 0])
  }

  @Test func impossibleDescriptors() {
    func resize(_ input: Extent, _ output: Extent, channels: Int = 1) throws -> Resize {
      try Resize(batch: 1, inputSize: input, outputSize: output, channels: channels)
    }
    expectError(.invalidDescriptor, naming: "0x3") { try resize(Extent(0, 3), 2) }
    expectError(.invalidDescriptor, naming: "2x-1") { try resize(2, Extent(2, -1)) }
    expectError(.invalidDescriptor, naming: "channels 0") { try resize(2, 2, channels: 0) }
    expectError(.tooLarge) { try resize(1, Extent(1 << 20, 1 << 20)) }
    expectError(.invalidDescriptor) { try resize(1, Extent(.max, 1)) }
  }
}
