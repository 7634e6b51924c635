import Foundation

/// What the files in the cache folder hold: findings that are valid for one device, driver and version of the kernels.
struct SubjectFile<Findings: Codable>: Codable {
  private let version: Int
  private let subject: TuningSubject
  /// What was found.
  let findings: Findings

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - version: The version of the form of the findings and of what they mean.
  ///   - subject: What the findings are valid for.
  ///   - findings: What was found.
  init(version: Int, subject: TuningSubject, findings: Findings) {
    self.version = version
    self.subject = subject
    self.findings = findings
  }

  /// Reads what ``json()`` has written.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - version: The version that it must have.
  ///   - subject: What the findings must be valid for.
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if the text is damaged or valid for something else.
  init(json: [UInt8], version: Int, subject: TuningSubject) throws(DeltaCLError) {
    let decoder = JSONDecoder()
    guard let actual = try? decoder.decode(FileVersion.self, from: Data(json)).version else {
      throw DeltaCLError(.invalidArgument, "it is damaged")
    }
    guard actual == version else {
      throw DeltaCLError(.invalidArgument, "it has the version \(actual), not \(version)")
    }
    guard let file = try? decoder.decode(Self.self, from: Data(json)) else {
      throw DeltaCLError(.invalidArgument, "it is damaged")
    }
    if let difference = subject.difference(from: file.subject) { throw DeltaCLError(.invalidArgument, difference) }
    self = file
  }

  /// The file as indented JSON, the same text for the same findings.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

/// What files of all versions have.
private struct FileVersion: Decodable {
  let version: Int
}
