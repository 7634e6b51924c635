import Foundation
import Testing

@testable import DeltaCL

@Suite struct ProfileTests {
  private struct Trace: Decodable {
    struct Event: Decodable {
      struct Arguments: Decodable {
        let name: String?
        let command: String?
        let gflops: Double?
        let gigabytesPerSecond: Double?
      }

      let ph: String
      let name: String
      let tid: Int
      let ts: Double?
      let dur: Double?
      let args: Arguments
    }

    let traceEvents: [Event]

    init(_ profiles: [Profile]) throws {
      self = try JSONDecoder().decode(Trace.self, from: Data(ChromeTrace(profiles).json().utf8))
    }

    /// The events of a track with times, as Chrome's format calls complete.
    func events(track: Int) -> [Event] { traceEvents.filter { $0.ph == "X" && $0.tid == track } }
  }

  private func entry(_ label: String, _ times: (UInt64, UInt64)...) -> Profile.Entry {
    Profile.Entry(
      Work(label: label, floatingPointOperations: 4000, byteCount: 1000),
      times.map { Profile.Command(name: "kernel", start: $0, end: $1) })
  }

  @Test func totalsAddTheRunsOfALabel() throws {
    var profile = Profile(queue: "queue")
    profile.append(entry("short", (0, 1000)))
    profile.append(entry("long", (1000, 3000), (4000, 5000)))
    profile.append(entry("short", (5000, 6000)))
    let totals = profile.totals
    #expect(totals.map(\.label) == ["long", "short"])
    #expect(totals.map(\.calls) == [1, 2])
    #expect(abs(totals[0].seconds - 3e-6) < 1e-12)
    #expect(abs(totals[1].gflops - 4) < 1e-6)
    #expect(abs(totals[1].gigabytesPerSecond - 1) < 1e-6)
    #expect(profile.commandTotals.map(\.label) == ["kernel"])
    #expect(profile.commandTotals.map(\.calls) == [4])
    #expect(abs(profile.commandTotals[0].seconds - 5e-6) < 1e-12)
  }

  @Test func aFullProfileStillCounts() {
    var profile = Profile(queue: "queue")
    for _ in 0..<Profile.capacity + 3 { profile.append(entry("a", (0, 1))) }
    var sum = profile
    sum.append(contentsOf: profile)
    #expect(profile.entries.count == Profile.capacity)
    #expect(profile.omittedCount == 3)
    #expect(sum.entries.count == Profile.capacity)
    #expect(sum.omittedCount == Profile.capacity + 6)
    #expect(sum.totals.map(\.calls) == [2 * Profile.capacity + 6])
  }

  @Test func aTraceNamesItsEventsAndGivesTheirRates() throws {
    var profile = Profile(queue: #"device "0" \ 1"#)
    profile.append(entry("conv1 \"convolution\"", (1_000_000, 1_000_250), (1_000_500, 1_000_750)))
    let trace = try Trace([profile])
    #expect(trace.traceEvents.first?.args.name == #"device "0" \ 1"#)
    let events = trace.events(track: 1)
    #expect(events.map(\.name) == ["conv1 \"convolution\"", "conv1 \"convolution\""])
    #expect(events.map(\.ts) == [0, 0.5])
    #expect(events.map(\.dur) == [0.25, 0.25])
    #expect(events.map(\.args.command) == ["kernel", "kernel"])
    #expect(events.map(\.args.gflops) == [8, 8])
    #expect(events.map(\.args.gigabytesPerSecond) == [2, 2])
  }

  @Test func eventsOfATrackNeverOverlap() throws {
    var first = Profile(queue: "first"), second = Profile(queue: "second")
    first.append(entry("a", (100, 300), (250, 400), (500, 450)))
    first.append(entry("b", (390, 395), (600, 700)))
    second.append(entry("c", (50, 650)))
    let trace = try Trace([first, second])
    for track in 1...2 {
      var end = 0.0
      for event in trace.events(track: track) {
        let (start, duration) = (try #require(event.ts), try #require(event.dur))
        #expect(start >= end - 1e-9)
        #expect(duration >= 0)
        end = start + duration
      }
    }
    #expect(trace.events(track: 1).count == 5)
    #expect(trace.events(track: 2).map(\.ts) == [0])
  }

  @Test func aTraceOfNothingIsJSON() throws {
    #expect(try Trace([]).traceEvents.isEmpty)
    #expect(try Trace([Profile(queue: "idle")]).traceEvents.count == 1)
  }

  @Test func aProfilingBackendKeepsEveryCommand() throws {
    let device = try #require(try Backends.choose(TestDevice.selection).candidate.device)
    let backend = try OpenCLBackend(device, selector: "test", profiling: true)
    let convolution = try Convolution(
      batch: 2, inputSize: 6, inputChannels: 3, outputChannels: 4, kernelSize: 3, padding: 1)
    let operation = TensorOperation.convolution(convolution, bias: false)
    let x = try Tensor(
      [Float](repeating: 1, count: convolution.inputShape.elementCount), shape: convolution.inputShape, on: backend)
    let w = try Tensor(
      [Float](repeating: 1, count: convolution.kernelShape.elementCount), shape: convolution.kernelShape, on: backend)
    for _ in 0..<3 { _ = try backend.run(operation, x, w) }

    let profile = try backend.takeProfile()
    #expect(profile.entries.map(\.work.label) == ["write", "write", "convolution", "convolution", "convolution"])
    let entry = try #require(profile.entries.last)
    #expect(entry.work.floatingPointOperations == convolution.floatingPointOperations)
    #expect(entry.work.byteCount == operation.byteCount)
    let summary = try backend.plan(for: operation).summary
    for command in entry.commands {
      #expect(command.end >= command.start)
      #expect(summary.contains(command.name), "\(command.name) is not in the summary \(summary)")
    }
    #expect(try backend.takeProfile().entries.isEmpty)
  }

  @Test func aBackendThatWasNotOpenedForProfilingKeepsNothing() throws {
    let device = try #require(try Backends.choose(TestDevice.selection).candidate.device)
    let backend = try OpenCLBackend(device, selector: "test")
    _ = try backend.run(.fill(count: 5, value: 1))
    let profile = try backend.takeProfile()
    #expect(profile.entries.isEmpty)
    #expect(profile.totals.isEmpty)
  }

  @Test func thePeakOfMemoryStays() throws {
    let device = try #require(try Backends.choose(TestDevice.selection).candidate.device)
    let backend = try OpenCLBackend(device, selector: "test")
    for count in [1000, 3000, 2000] { _ = try backend.allocate(.float32, count: count) }
    #expect(backend.peakAllocatedBytes == 12_000)
    try withExtendedLifetime(backend.allocate(.float32, count: 2000)) {
      _ = try backend.allocate(.int32, count: 2000)
    }
    #expect(backend.peakAllocatedBytes == 16_000)
  }

  @Test func ceilingsArePositive() throws {
    let device = try #require(try Backends.choose(TestDevice.selection).candidate.device)
    let ceilings = try DeviceCeilings.measure(on: OpenCLBackend(device, selector: "test"))
    #expect(ceilings.gflops > 0 && ceilings.gflops.isFinite)
    #expect(ceilings.gigabytesPerSecond > 0 && ceilings.gigabytesPerSecond.isFinite)
    #expect(ceilings.launchSeconds > 0)
    #expect(ceilings.queuedLaunchSeconds > 0)
  }
}
