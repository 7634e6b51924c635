import Foundation
import Testing

extension CommandTests {
  /// What the start of a packed command takes from the system and what from the package.
  @Suite struct PackageTests {
    private static let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Tools")

    /// A package whose command is a program that prints a number of a library and its arguments.
    private let folder: TemporaryFolder
    private let start: URL
    private var library: String { folder.path("lib/libnumber.so/libnumber.so") }

    init() throws {
      folder = try TemporaryFolder()
      start = folder.url.appendingPathComponent("deltacl")
      try FileManager.default.copyItem(at: Self.tools.appendingPathComponent("packaging/deltacl"), to: start)
      for name in ["lib/libnumber.so", "libexec"] {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
      }
      try Data("Linux on some machine with glibc 9.9 or later\n".utf8)
        .write(to: URL(fileURLWithPath: folder.path("libexec/system")))
      try compile("int number(void) { return 7; }", ["-shared", "-fPIC", "-o", library])
      try compile(
        """
        #include <stdio.h>
        int number(void);
        int main(int count, char **arguments) { return printf("%d %s\\n", number(), arguments[count - 1]) < 0; }
        """, ["-o", folder.path("libexec/deltacl"), library])
    }

    private func compile(_ source: String, _ arguments: [String]) throws {
      let file = folder.path("source.c")
      try Data(source.utf8).write(to: URL(fileURLWithPath: file))
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      // The library's name, not its path, is what the program asks for.
      compiler.arguments = ["clang", file, "-Wl,-soname,libnumber.so"] + arguments
      try compiler.run()
      compiler.waitUntilExit()
      try #require(compiler.terminationStatus == 0)
    }

    @Test func aLibraryThatTheSystemLacksComesFromThePackage() throws {
      let run = try Deltacl("devices", "a b", executable: start)
      #expect(run.status == 0 && run.output == "7 a b\n", "\(run.errors)")
      // One that the system has goes before.
      try FileManager.default.createDirectory(atPath: folder.path("system"), withIntermediateDirectories: false)
      try compile("int number(void) { return 8; }", ["-shared", "-fPIC", "-o", folder.path("system/libnumber.so")])
      let other = try Deltacl("x", environment: ["LD_LIBRARY_PATH": folder.path("system")], executable: start)
      #expect(other.output == "8 x\n", "\(other.errors)")
    }

    @Test func aPackageThatIsNotWholeIsSaid() throws {
      try FileManager.default.removeItem(atPath: library)
      try Deltacl("x", executable: start).expectFailure(saying: "libnumber.so is neither on this system nor in")
      try FileManager.default.removeItem(atPath: folder.path("libexec/deltacl"))
      try Deltacl("x", executable: start).expectFailure(saying: "libexec/deltacl is missing or no program")
    }

    /// As a system without glibc does: its loader has another name.
    @Test func aSystemThatCannotRunItIsSaid() throws {
      try compile(
        "int main(void) { return 0; }",
        ["-o", folder.path("libexec/deltacl"), "-Wl,--dynamic-linker=" + folder.path("none/ld.so")])
      try Deltacl("x", executable: start)
        .expectFailure(saying: "it is for Linux on some machine with glibc 9.9 or later")
    }

    @Test(arguments: [
      (["--output"], "--output needs a folder"), (["-x"], "unknown option -x"), (["x"], "unexpected argument x"),
    ])
    func wrongUsage(arguments: [String], words: String) throws {
      let run = try Deltacl(arguments, executable: Self.tools.appendingPathComponent("package"))
      #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
    }
  }
}
