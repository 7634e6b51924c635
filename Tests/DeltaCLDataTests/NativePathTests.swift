import DeltaCLSystem
import Foundation
import Testing

@testable import DeltaCLData

/// Paths keep their bytes, whatever they are.
@Suite struct NativePathTests {
  private static let paths: [[UInt8]] = [
    Array("plain".utf8), Array("é/日本/😀".utf8), [0x6f, 0xfd, 0x2e], [0xff], [0x80, 0x80], [0xc3], [0xc3, 0x28],
    [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x8f, 0x9f, 0xbd], [0xf4, 0x90, 0x80, 0x80],
    [0x61, 0xc3, 0xa9, 0xfe, 0x62],
  ]

  @Test(arguments: paths) func bytesSurvive(path: [UInt8]) {
    #expect(NativePath.bytes(NativePath.text(path)) == path)
  }

  @Test func randomBytesSurviveAndTextsDiffer() {
    var generator = SystemRandomNumberGenerator()
    var texts: [String: [UInt8]] = [:]
    for _ in 0..<2000 {
      let path = (0..<Int.random(in: 1...6)).map { _ in UInt8.random(in: 1...255, using: &generator) }
      let text = NativePath.text(path)
      #expect(NativePath.bytes(text) == path)
      #expect(texts.updateValue(path, forKey: text) ?? path == path)
    }
  }

  @Test func unicodeStaysAsItIs() {
    #expect(NativePath.text(Array("é/日本".utf8)) == "é/日本")
  }

  @Test(arguments: paths) func filesAreFoundByTheirBytes(path: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let name = NativePath.text(path.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 })
    try FileSystem.createFolder(folder(name))
    let file = "\(folder(name))/\(name)"
    try AtomicFile.write([1, 2], to: file)
    #expect(FileSystem.exists(file))
    #expect(try FileSystem.read(file) == [1, 2])
    #expect(FileSystem.names(in: folder.path) == [name])
  }
}
