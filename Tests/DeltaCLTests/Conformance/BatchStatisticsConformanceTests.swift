import DeltaCL
import Foundation
import Testing

/// Batch normalisation of values whose statistics are hard to take: far from zero, all the same, one far from the others, infinite. Held
/// to sums in `Double`, on both families and on the reference backend.
@Suite struct BatchStatisticsConformanceTests {
  private var random = RandomValues(seed: 21)

  private static var backends: [any Backend] { get throws { try TestDevice.backends() + [ReferenceBackend()] } }

  /// Up to several parts of several chunks in both families.
  static let rowCounts = TestDevice.usesSmallShapes ? [2, 40] : [2, 3, 31, 32, 33, 64, 512, 768, 1_031, 5_000]

  /// float32 holds each of them; their sums it does not.
  static let constants: [Float] = [
    1_000.1, 1_000_000.125, 0.1, -3e7, 16_777_215, -1e-3, 3e38, 1 / 3, 1e-30, 0, -0.0, 255, 1_000.1, 0.7, -1e20, 5, 1.1,
  ]

  /// What forward and delta give, held between canaries.
  private struct Results {
    let runningMean, runningVariance, y, mean, inverseDeviation, meanLow, dx, dweight, dbias: [Float]

    init(
      _ normalization: BatchNormalization, x: [Float], weight: [Float], bias: [Float], runningMean: [Float],
      runningVariance: [Float], dy: [Float], on backend: any Backend
    ) throws {
      let forward = try run(
        .batchNormalization(normalization), [x, weight, bias, runningMean, runningVariance].map(Values.float32),
        on: backend)
      let delta = try run(
        .batchNormalizationDelta(normalization),
        [x, dy, weight].map(Values.float32) + [forward[3], forward[4], forward[5]], on: backend)
      self.runningMean = forward[0].floats
      self.runningVariance = forward[1].floats
      y = forward[2].floats
      mean = forward[3].floats
      inverseDeviation = forward[4].floats
      meanLow = forward[5].floats
      dx = delta[0].floats
      dweight = delta[1].floats
      dbias = delta[2].floats
    }
  }

  @Test(arguments: rowCounts, TestDevice.usesSmallShapes ? [17] : [1, 16, 17, 51])
  mutating func aConstantChannelIsItsBias(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let values = (0..<channels).map { Self.constants[$0 % Self.constants.count] }
    let x = (0..<rows * channels).map { values[$0 % channels] }
    let weight = random.floats(channels, 0.5...2), bias = random.floats(channels, -2...2)
    // The sum of integers is exact, and so is their mean where the rows are a power of two.
    let dy = random.integers(rows * channels)
    for backend in try Self.backends {
      let results = try Results(
        normalization, x: x, weight: weight, bias: bias, runningMean: values,
        runningVariance: [Float](repeating: 1, count: channels), dy: dy, on: backend)
      #expect(results.y == (0..<rows * channels).map { bias[$0 % channels] })
      #expect(results.mean == values)
      #expect(results.meanLow.allSatisfy { $0 == 0 })
      #expect(results.runningMean.indices.allSatisfy { isNear(results.runningMean[$0], Double(values[$0]), ulps: 1) })
      #expect(results.runningVariance.allSatisfy { $0 == 0.9 })
      #expect(results.inverseDeviation.allSatisfy { isNear($0, 1 / Double(Float(1e-5)).squareRoot(), ulps: 2) })
      #expect(results.dweight.allSatisfy { $0 == 0 })
      for c in 0..<channels {
        let deltas = stride(from: c, to: rows * channels, by: channels).map { Double(dy[$0]) }
        let mean = deltas.reduce(0, +) / Double(rows)
        let scale = Double(weight[c]) / Double(Float(1e-5)).squareRoot()
        #expect(results.dbias[c] == Float(deltas.reduce(0, +)))
        for (row, delta) in deltas.enumerated() {
          // The rounding of the mean delta, of the difference and of the factor.
          let bound = scale * Double(Tolerance.epsilon) * (2 * abs(mean) + 2 * abs(delta - mean))
          #expect(abs(Double(results.dx[row * channels + c]) - scale * (delta - mean)) <= bound)
        }
      }
    }
  }

  /// 16 channels of 64 images of 64x64.
  @Test func manyRowsOfAConstantChannel() throws {
    let (rows, channels) = (TestDevice.usesSmallShapes ? 70 : 64 * 64 * 64, 16)
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = (0..<rows * channels).map { $0 % channels < 8 ? Float(1_000.1) : 1_000_000.125 }
    let channel = Values.float32([Float](repeating: 1, count: channels))
    for backend in try TestDevice.backends() {
      let outputs = try run(
        .batchNormalization(normalization), [.float32(x), channel, channel, channel, channel], on: backend)
      #expect(outputs[2].floats.allSatisfy { $0 == 1 })
      #expect(outputs[1].floats.allSatisfy { $0 == 0.9 })
      #expect(outputs[4].floats.allSatisfy { isNear($0, 316.227_766_016_8, ulps: 4) })
    }
  }

  /// Mean and deviation.
  static let distributions: [(Double, Double)] = [
    (1e6, 1), (-1e6, 0.1), (1e7, 3), (1_000, 1e-3), (50, 1), (3, 1), (0, 1), (1e-3, 1e-2), (2e9, 1e6), (0.1, 1e-4),
  ]

  /// Everything is as it would be with sums in `Double`: within a few roundings of the normalised value.
  @Test(arguments: rowCounts)
  mutating func statisticsFarFromZero(rows: Int) throws {
    let channels = 17
    let normalization = try BatchNormalization(rows: rows, channels: channels, epsilon: 1e-8)
    var x = [Float](repeating: 0, count: rows * channels)
    for index in x.indices {
      let (mean, deviation) = Self.distributions[index % channels % Self.distributions.count]
      x[index] = Float(mean + deviation * random.doubles(1, -1.7...1.7)[0])
    }
    try check(normalization, x)
  }

  /// One row, from which deviations might be taken, is far from all others.
  @Test(arguments: rowCounts)
  mutating func oneValueFarFromTheOthers(rows: Int) throws {
    let channels = 5
    var x = random.floats(rows * channels)
    for c in 0..<channels { x[(c % 2 == 0 ? 0 : rows / 2) * channels + c] = 1e6 }
    try check(BatchNormalization(rows: rows, channels: channels), x)
  }

  private mutating func check(_ normalization: BatchNormalization, _ x: [Float]) throws {
    let (rows, channels) = (normalization.rows, normalization.channels)
    let weight = random.floats(channels, 0.5...2), bias = random.floats(channels, -1...1)
    let runningMean = random.floats(channels), runningVariance = random.floats(channels, 0.5...2)
    let dy = random.floats(rows * channels)
    let epsilon = Double(Tolerance.epsilon), momentum = Double(normalization.momentum)
    for backend in try Self.backends {
      let results = try Results(
        normalization, x: x, weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
        dy: dy, on: backend)
      for c in 0..<channels {
        let indices = Array(stride(from: c, to: x.count, by: channels))
        let mean = indices.reduce(0) { $0 + Double(x[$1]) } / Double(rows)
        let squares = indices.reduce(0) { $0 + (Double(x[$1]) - mean) * (Double(x[$1]) - mean) }
        let deviation = (squares / Double(rows) + Double(normalization.epsilon)).squareRoot()
        let w = Double(weight[c])
        #expect(results.mean[c] == results.mean[c] + results.meanLow[c], "the low-order part is what rounding took")
        #expect(abs(Double(results.mean[c]) + Double(results.meanLow[c]) - mean) <= 2 * epsilon * deviation)
        #expect(isNear(results.inverseDeviation[c], 1 / deviation, ulps: 8))
        let movedMean = (1 - momentum) * Double(runningMean[c]) + momentum * mean
        #expect(abs(Double(results.runningMean[c]) - movedMean) <= epsilon * (1 + abs(movedMean) + deviation))
        let moved = (1 - momentum) * Double(runningVariance[c]) + momentum * squares / Double(rows - 1)
        #expect(isNear(results.runningVariance[c], moved, ulps: 8))

        let normalized = indices.map { (Double(x[$0]) - mean) / deviation }
        let sum = indices.reduce(0) { $0 + Double(dy[$1]) }
        let product = zip(indices, normalized).reduce(0) { $0 + Double(dy[$1.0]) * $1.1 }
        let magnitude = zip(indices, normalized).reduce(0) { $0 + abs(Double(dy[$1.0]) * $1.1) }
        // The bound of long sums, and the roundings of what is summed.
        let rounding = (2 * Double(rows).squareRoot() + 8) * epsilon
        #expect(abs(Double(results.dbias[c]) - sum) <= rounding * Double(rows))
        #expect(abs(Double(results.dweight[c]) - product) <= rounding * (magnitude + 1))
        for (index, value) in zip(indices, normalized) {
          let y = value * w + Double(bias[c])
          #expect(
            abs(Double(results.y[index]) - y) <= 4 * epsilon * (abs(value * w) + abs(y) + w),
            "row \(index / channels), channel \(c): \(results.y[index]), not \(y)")
          let dx = w / deviation * (Double(dy[index]) - (sum + value * product) / Double(rows))
          #expect(abs(Double(results.dx[index]) - dx) <= w / deviation * rounding * (4 + abs(value)))
        }
      }
    }
  }

  /// A million equal parts of a sum of squares would each be rounded the same way.
  @Test func varianceOfManyRows() throws {
    let rows = TestDevice.usesSmallShapes ? 64 : 1 << 20
    let normalization = try BatchNormalization(rows: rows, channels: 2)
    let x = (0..<2 * rows).map { $0 / 2 % 2 == 0 ? Float(0.1) : 0.7 }
    let deviation = (pow((Double(Float(0.7)) - Double(Float(0.1))) / 2, 2) + Double(normalization.epsilon)).squareRoot()
    let channel = Values.float32([1, 1])
    for backend in try TestDevice.backends() {
      let outputs = try run(
        .batchNormalization(normalization), [.float32(x), channel, channel, channel, channel], on: backend)
      #expect(outputs[4].floats.allSatisfy { isNear($0, 1 / deviation, ulps: 4) })
    }
  }

  /// The delta that normalises again masks with the bits of the forward pass.
  @Test(arguments: rowCounts)
  mutating func masksFarFromZero(rows: Int) throws {
    let channels = 19
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = Values.float32(random.floats(rows * channels).map { 1e6 + 3 * $0 })
    let dy = Values.float32(random.floats(rows * channels))
    let weight = Values.float32(random.floats(channels, 0.5...8)), bias = Values.float32(random.floats(channels))
    let running = Values.float32([Float](repeating: 1, count: channels))
    for function in [Activation.relu, .relu6] {
      for backend in try TestDevice.backends() {
        let forward = try run(
          .fused(.batchNormalization(normalization), .activation(function)), [x, weight, bias, running, running],
          on: backend)
        let masked = try run(.activationDelta(function, count: rows * channels), [forward[2], dy], on: backend)[0]
        let expected = try run(
          .batchNormalizationDelta(normalization), [x, masked, weight] + forward[3...], on: backend)
        let actual = try run(
          .batchNormalizationDelta(normalization, activation: function), [x, dy, weight, bias] + forward[3...],
          on: backend)
        #expect(actual.map(\.bits) == expected.map(\.bits))
      }
    }
  }

  /// What PyTorch gives, with one row of each kind in a first, middle or last place of many.
  @Test(arguments: rowCounts)
  func infinities(rows: Int) throws {
    let infinity = Float.infinity
    let cases: [(first: Float, other: Float, last: Float, mean: Float)] = [
      (infinity, 1, 2, infinity), (1, infinity, 2, infinity), (1, 2, infinity, infinity),
      (-infinity, 1, 2, -infinity), (1, 2, -infinity, -infinity), (infinity, infinity, infinity, infinity),
      (-infinity, -infinity, -infinity, -infinity), (infinity, 1, -infinity, .nan),
      (-infinity, infinity, infinity, .nan),
      (.nan, 1, 2, .nan), (1, 2, .nan, .nan), (infinity, 1, .nan, .nan), (1, 2, 3, 0), (1, 1, 1, 0), (-1, 0, 1, 0),
      (infinity, 1, infinity, infinity), (.nan, .nan, .nan, .nan),
    ]
    let channels = cases.count
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = (0..<rows * channels).map { index in
      let values = cases[index % channels]
      return index < channels ? values.first : index < (rows - 1) * channels ? values.other : values.last
    }
    let ones = [Float](repeating: 1, count: channels)
    for running in [0, infinity, -infinity, .nan] {
      for backend in try Self.backends {
        let results = try Results(
          normalization, x: x, weight: ones, bias: ones, runningMean: [Float](repeating: running, count: channels),
          runningVariance: ones, dy: (0..<x.count).map { Float($0 % 3) }, on: backend)
        for c in 0..<channels {
          let column = stride(from: c, to: x.count, by: channels)
          let values = column.map { x[$0] }
          let sum = values.reduce(0, +)
          let isFinite = sum.isFinite
          #expect(same(results.mean[c], isFinite ? results.mean[c] : sum))
          #expect(same(results.runningMean[c], isFinite && running == 0 ? results.runningMean[c] : running + sum))
          #expect(results.meanLow[c].isFinite)
          #expect(results.inverseDeviation[c].isNaN == !isFinite)
          #expect(results.runningVariance[c].isNaN == !isFinite)
          for index in column {
            #expect(results.y[index].isNaN == !isFinite)
            #expect(results.dx[index].isNaN == !isFinite)
          }
        }
      }
    }
  }

  /// What is left of an infinite running mean is what PyTorch leaves.
  @Test func momentumOne() throws {
    let normalization = try BatchNormalization(rows: 2, channels: 3, momentum: 1)
    for backend in try Self.backends {
      let outputs = try run(
        .batchNormalization(normalization),
        [
          .float32([1, 1_000.1, 3, 2, 1_000.1, 3]), .float32([1, 1, 1]), .float32([0, 0, 0]),
          .float32([-1e9, 1e9, .infinity]), .float32([1e9, 1e9, .infinity]),
        ], on: backend)
      #expect(outputs[0].floats[0] == 1.5 && outputs[0].floats[1] == 1_000.1 && outputs[0].floats[2].isNaN)
      #expect(outputs[1].floats[0] == 0.5 && outputs[1].floats[1] == 0 && outputs[1].floats[2].isNaN)
    }
  }

  private func same(_ a: Float, _ b: Float) -> Bool { a == b || a.isNaN && b.isNaN }

  private func isNear(_ value: Float, _ expected: Double, ulps: Double) -> Bool {
    abs(Double(value) - expected) <= ulps * Double(Float(expected).ulp)
  }
}
