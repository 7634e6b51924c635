import Foundation
import Testing

@Suite struct ChangelogTests {
  @Test func theNewestReleaseIsTheCommandsVersion() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let changelog = try String(contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
    let releases = changelog.split(separator: "\n").filter { $0.hasPrefix("## [") && !$0.hasPrefix("## [Unreleased]") }
    let version = try Deltacl("--version").output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(releases.first?.hasPrefix("## [\(version)] - ") == true, "\(version) is not \(releases.first ?? "there")")
  }
}
