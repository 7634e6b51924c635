/// Repeats a measurement until its median is certain enough or the time is up.
struct Sampler {
  /// The seconds after which no further sample is begun.
  let budget: Double
  /// The relative uncertainty of the median that is good enough.
  var target = 0.01

  /// The least number of samples, whatever the budget.
  static let minimumCount = 3
  /// The least time of a sample, so that neither the clock nor a single wait counts.
  static let sampleSeconds = 0.002

  private let clock = ContinuousClock()

  /// Takes samples.
  ///
  /// - Parameter sample: measures once and returns seconds.
  func statistics(_ sample: () throws -> Double) rethrows -> SampleStatistics {
    let start = clock.now
    var samples: [Double] = []
    while true {
      samples.append(try sample())
      let statistics = SampleStatistics(samples)
      let isSpent = (clock.now - start) / .seconds(1) >= budget
      if statistics.count >= Self.minimumCount, isSpent || statistics.medianUncertainty <= target { return statistics }
    }
  }

  /// Warms up: runs until a tenth of the budget is spent, at least twice.
  ///
  /// - Returns: the seconds of the last run.
  func warmUp(_ run: () throws -> Void) rethrows -> Double {
    let start = clock.now
    var last = try seconds(run)
    repeat { last = try seconds(run) } while (clock.now - start) / .seconds(1) < budget / 10
    return last
  }

  /// The seconds that `run` takes.
  func seconds(_ run: () throws -> Void) rethrows -> Double {
    let start = clock.now
    try run()
    return (clock.now - start) / .seconds(1)
  }
}
