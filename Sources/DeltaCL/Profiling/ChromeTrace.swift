import Foundation

/// Profiles in the trace event format of Chrome, which Perfetto (<https://ui.perfetto.dev>) opens: a track per queue and an
/// event per command, named by layer and operation.
///
/// The rates in an event's `args` are those of the whole operation, over all of its commands.
public struct ChromeTrace {
  private let profiles: [Profile]
  private var quotedTexts: [String: String] = [:]

  /// Creates a trace with a track for each profile; the times of all must be of one device's clock.
  public init(_ profiles: [Profile]) {
    self.profiles = profiles
  }

  /// The trace as JSON.
  public func json() -> String {
    var writer = self
    let lines = profiles.enumerated().flatMap { index, profile in
      writer.lines(of: profile, track: index + 1)
    }
    return #"{"displayTimeUnit":"ms","traceEvents":["# + "\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }

  private var origin: UInt64 {
    profiles.compactMap { $0.entries.first?.commands.first?.start }.min() ?? 0
  }

  private mutating func lines(of profile: Profile, track: Int) -> [String] {
    let origin = origin
    var lines = [
      #"{"ph":"M","name":"thread_name","pid":1,"tid":\#(track),"args":{"name":\#(quoted(profile.queue))}}"#
    ]
    var previousEnd = origin
    for entry in profile.entries {
      let (work, seconds) = (entry.work, max(entry.seconds, 1e-9))
      let rates = String(
        format: #""gflops":%.3f,"gigabytesPerSecond":%.3f"#, locale: nil,
        Double(work.floatingPointOperations) / seconds * 1e-9, Double(work.byteCount) / seconds * 1e-9)
      for command in entry.commands {
        // Events of a track must not overlap, which those of some drivers' in-order queues do slightly.
        let start = max(command.start, previousEnd)
        let end = max(command.end, start)
        previousEnd = end
        lines.append(
          #"{"ph":"X","name":\#(quoted(work.label)),"pid":1,"tid":\#(track),"ts":\#(microseconds(start - origin)),"#
            + #""dur":\#(microseconds(end - start)),"args":{"command":\#(quoted(command.name)),\#(rates)}}"#)
      }
    }
    return lines
  }

  /// Nanoseconds as microseconds, the format's unit, without rounding.
  private func microseconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  /// A JSON string; a trace has few texts and many events.
  private mutating func quoted(_ text: String) -> String {
    if let known = quotedTexts[text] { return known }
    let encoded = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    quotedTexts[text] = encoded
    return encoded
  }
}
