import Foundation

/// What a self-test of one device and driver has found, and what follows from it.
///
/// A backend that is opened with a record plans around the kernels that computed wrong.
public struct SelfTestRecord: Hashable, Sendable, Codable {
  /// What the results are valid for.
  public let subject: TuningSubject
  /// The plans that were run.
  public let count: Int
  /// What planning leaves out.
  let exclusions: [KernelExclusion]
  /// What is wrong and cannot be planned around, each in one line. Empty where the device can be used.
  public let failures: [String]

  init(subject: TuningSubject, count: Int, exclusions: [KernelExclusion], failures: [String]) {
    self.subject = subject
    self.count = count
    self.exclusions = exclusions
    // Records are read by every command: a compiler's log has its place in the report.
    self.failures = failures.map { String($0.prefix { !$0.isNewline }.prefix(500)) }
  }

  /// The kernels that planning leaves out, such as `convolution_correlate NV=2 TILE=6 V=16`.
  public var excludedKernels: [String] { exclusions.map(\.description) }

  /// The state that it leaves the device in.
  public var state: SelfTestState {
    failures.isEmpty ? .passed(count: count, excluded: excludedKernels) : .failed(failures)
  }
}

extension SelfTestRecord {
  /// The version of the file's form, of what is tested, and of how exclusions are read.
  private static let version = 1

  private struct File: Codable {
    let version: Int
    let record: SelfTestRecord
  }

  /// Reads what ``json()`` has written.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - subject: What the results must be valid for.
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) where the text is damaged or valid for something else.
  public init(json: [UInt8], for subject: TuningSubject) throws(DeltaCLError) {
    struct Versioned: Decodable { let version: Int }
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(Versioned.self, from: Data(json)).version else {
      throw DeltaCLError(.invalidArgument, "it is damaged")
    }
    guard version == Self.version else {
      throw DeltaCLError(.invalidArgument, "it has the version \(version), not \(Self.version)")
    }
    guard let file = try? decoder.decode(File.self, from: Data(json)) else {
      throw DeltaCLError(.invalidArgument, "it is damaged")
    }
    if let difference = subject.difference(from: file.record.subject) {
      throw DeltaCLError(.invalidArgument, difference)
    }
    self = file.record
  }

  /// The record as indented JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(File(version: Self.version, record: self)), as: UTF8.self) + "\n"
  }
}
