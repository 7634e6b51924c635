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

  /// A combining mark makes one `Character` of itself and what it follows, and some characters of themselves and what follows.
  @Test(arguments: ["a", "\u{301}a", "\u{301}", "\u{200D}", "\u{600}", "\u{FE0F}b"]) func partsAreToldApartByBytes(
    name: String
  ) throws {
    for folder in ["x", "/x", "/", "\(name)", "x/\(name)", "/\(name)/y"] {
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      #expect(Array(NativePath.folder(of: path).utf8) == Array(folder.utf8))
      #expect(Array(NativePath.name(of: path).utf8) == Array(name.utf8))
      #expect(NativePath.components(path).last.map { Array($0.utf8) } == Array(name.utf8))
      #expect(NativePath.isAbsolute(path) == (folder.utf8.first == UInt8(ascii: "/")))
      #expect(NativePath.isPath(path, below: folder) == (folder != "/"))
      #expect(NativePath.name(of: "\(path)/").isEmpty)
      #expect(Array(NativePath.withoutFinalSlash("\(path)/").utf8) == Array(path.utf8))
      #expect(NativePath.hasEnding("\(path).icd", ".icd") && !NativePath.hasEnding(path, ".icd"))
    }
    #expect(NativePath.folder(of: name) == ".")
    #expect(NativePath.withoutFinalSlash("/") == "/")
    let folder = try TemporaryFolder()
    let sub = folder("\(name)/\(name)")
    try FileSystem.createFolder(sub)
    let file = "\(sub)/\(name)"
    try AtomicFile.write([1, 2], to: file)
    #expect(try FileSystem.read(file) == [1, 2])
    #expect(FileSystem.names(in: sub).map { Array($0.utf8) } == [Array(name.utf8)])
    // A relative link leads from the folder that it lies in.
    #expect(symlink(name, "\(sub)/link") == 0)
    try AtomicFile.write([3], to: "\(sub)/link")
    #expect(try FileSystem.read(file) == [3])
    #expect(FileSystem.names(in: sub).count == 2)
  }

  @Test func relativePathsGetTheCurrentFolder() {
    #expect(NativePath.absolute("/a") == "/a")
    #expect(NativePath.absolute("\u{301}a") == "\(FileManager.default.currentDirectoryPath)/\u{301}a")
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
