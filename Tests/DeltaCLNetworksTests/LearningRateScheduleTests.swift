import Foundation
import Testing

@testable import DeltaCLNetworks

@Suite struct LearningRateScheduleTests {
  private let losses: [Float] = [1, 0.9, 0.9, 0.89995, 0.91, 0.5, 0.6, 0.6, 0.6, 0.6]

  /// The factors of 20 steps, 2 an epoch, each of which is evaluated.
  private func factors(_ schedule: LearningRateSchedule, stepCount: Int = 20) -> [Double] {
    (0..<stepCount).map { step in
      schedule.factor(step: step, stepCount: stepCount, stepsPerEpoch: 2, losses: Array(losses.prefix(step / 2)))
    }
  }

  /// Factors are `Float` here and doubles there.
  @Test(arguments: PyTorchUpdates.schedules)
  func factorsAreThoseOfPyTorch(_ form: LearningRateSchedule.Form, _ expected: [Double]) {
    for (step, (actual, expected)) in zip(factors(LearningRateSchedule(form)), expected).enumerated() {
      #expect(abs(actual - expected) <= 1e-6 * expected, "step \(step): \(actual) against \(expected)")
    }
  }

  /// The warm-up leads to the schedule's first rate, and the schedule begins after it.
  @Test(
    arguments: [
      .constant, .step(epochs: 1, factor: 0.5), .exponential(factor: 0.5), .cosine, .oneCycle,
    ] as [LearningRateSchedule.Form])
  func warmUpComesFirst(form: LearningRateSchedule.Form) {
    let warmed = factors(LearningRateSchedule(form, warmupSteps: 4), stepCount: 24)
    let plain = factors(LearningRateSchedule(form))
    #expect(Array(warmed.prefix(4)) == [0.25, 0.5, 0.75, 1].map { $0 * plain[0] })
    #expect(Array(warmed.dropFirst(4)) == plain)
  }

  @Test func impossibleValuesAreRefused() {
    for (schedule, words) in [
      (LearningRateSchedule(.step(epochs: 0, factor: 0.1)), "schedule epochs must be at least 1, not 0"),
      (LearningRateSchedule(.exponential(factor: 1)), "schedule factor must be above 0 and below 1, not 1.0"),
      (LearningRateSchedule(.plateau(patience: 1, factor: .nan)), "not nan"),
      (LearningRateSchedule(.constant, warmupSteps: -1), "warmup steps must be at least 0, not -1"),
    ] {
      let error = #expect(throws: TrainingError.self) { try schedule.validate() }
      #expect(error?.message.contains(words) == true)
    }
  }

  @Test func schedulesThatReachNoStepAreRefused() throws {
    for (schedule, steps) in [
      (LearningRateSchedule(.step(epochs: 2, factor: 0.1)), 5), (LearningRateSchedule(.exponential(factor: 0.5)), 3),
      (LearningRateSchedule(.plateau(patience: 1, factor: 0.5)), 7),
      (LearningRateSchedule(.step(epochs: 1, factor: 0.5), warmupSteps: 4), 7),
      (LearningRateSchedule(.cosine, warmupSteps: 4), 5),
    ] {
      try schedule.requireReached(stepCount: steps, stepsPerEpoch: 2)
      let error = #expect(throws: TrainingError.self) {
        try schedule.requireReached(stepCount: steps - 1, stepsPerEpoch: 2)
      }
      #expect(error?.code == .invalidConfiguration)
    }
    let endless = LearningRateSchedule(.step(epochs: .max, factor: 0.1))
    #expect(throws: TrainingError.self) { try endless.requireReached(stepCount: 10, stepsPerEpoch: 2) }
  }
}
