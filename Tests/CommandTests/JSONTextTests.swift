import DeltaCLData
import Foundation
import Testing

@testable import deltacl

@Suite struct JSONTextTests {
  /// What a parser finds in the JSON text of a string.
  private func parsed(_ text: String) throws -> String? {
    let json = try Output.jsonText(["image": text])
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String]
    return object?["image"]
  }

  @Test func bytesOfPathsAreShownAsOnATerminal() throws {
    for bytes: [UInt8] in [[0x61, 0xfd, 0x62], [0xff], [0x2f, 0x80, 0x81, 0x2f, 0xc3, 0xa9]] {
      let path = FileSystem.path(bytes: bytes)
      #expect(try parsed(path) == path.escapedForTerminal)
    }
    #expect(try parsed(FileSystem.path(bytes: [0x61, 0xfd, 0x62])) == #"a\xFDb"#)
  }

  @Test(arguments: [
    "plain", "é/日本/😀", "a\"b\\c/d", "\u{1}\u{1b}\n\t", "\u{7f}\u{85}\u{9f}\u{202e}", "\u{10FFFD}\u{E000}",
  ])
  func allElseIsKept(text: String) throws {
    #expect(try parsed(text) == text)
  }
}
