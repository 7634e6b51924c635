import Testing

@testable import deltacl

@Suite struct BenchStatisticsTests {
  @Test func medianAndSpreadDoNotHeedTheOrder() {
    let statistics = SampleStatistics([5, 1, 4, 2, 3])
    #expect(statistics.median == 3)
    #expect(statistics.spread == 2.0 / 3)
    #expect(statistics.quantile(0) == 1)
    #expect(statistics.quantile(1) == 5)
    #expect(SampleStatistics([4, 1, 2, 3]).median == 2.5)
  }

  @Test func noSamplesSayNothing() {
    let statistics = SampleStatistics([])
    #expect(statistics.median == 0)
    #expect(statistics.spread == 0)
    #expect(statistics.medianUncertainty == .infinity)
  }

  @Test func fewSamplesGiveNoConfidence() {
    #expect(SampleStatistics([1, 1, 1, 1, 1]).medianUncertainty == .infinity)
    #expect(SampleStatistics([1, 1, 1, 1, 1, 1]).medianUncertainty == 0)
  }

  @Test func theIntervalIsThatOfTheBinomialDistribution() {
    // For 100 samples it reaches from the 41st to the 60th, one more to be safe.
    let statistics = SampleStatistics((1...100).map(Double.init))
    #expect(abs(statistics.medianUncertainty - 10.5 / 50.5) < 1.5 / 50.5)
  }

  @Test func anOutlierMovesTheMedianLittle() {
    let statistics = SampleStatistics([1, 1.01, 0.99, 1, 1, 100])
    #expect(statistics.median == 1)
    #expect(statistics.spread < 0.02)
  }

  @Test func samplingEndsWhenTheMedianIsCertain() {
    var count = 0
    let statistics = Sampler(budget: 1e9).statistics {
      count += 1
      return 2
    }
    #expect(statistics.median == 2)
    #expect(statistics.count == count)
    #expect(count == 6)
  }

  @Test func samplingEndsWhenTheBudgetIsSpent() {
    var value = 1.0
    let statistics = Sampler(budget: 0).statistics {
      value *= 10
      return value
    }
    #expect(statistics.count == Sampler.minimumCount)
  }

  @Test func warmingUpRunsAtLeastTwice() {
    var count = 0
    _ = Sampler(budget: 0).warmUp { count += 1 }
    #expect(count == 2)
  }
}
