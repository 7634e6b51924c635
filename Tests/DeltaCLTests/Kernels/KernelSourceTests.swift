import Testing

@testable import DeltaCL

@Suite struct KernelSourceTests {
  /// Expands `main.cl` of some files.
  private func expand(_ files: [String: String]) throws(DeltaCLError) -> String {
    try KernelIncludes.expanding("main.cl") { path throws(DeltaCLError) in
      guard let text = files[path] else { throw DeltaCLError(.missingKernel, "there is no \(path)") }
      return text
    }
  }

  @Test func `Headers are put in place once, with the lines that compilers name`() throws {
    let text = try expand([
      "main.cl": "// main\n#include \"a.h\"\n  # include \"b.h\"  // again\nint main;\n",
      "a.h": "#include \"b.h\"\nint a;\n",
      "b.h": "int b;",
    ])
    #expect(
      text == """
        #line 1 "main.cl"
        // main
        #line 1 "a.h"
        #line 1 "b.h"
        int b;
        #line 2 "a.h"
        int a;
        #line 3 "main.cl"
        #line 4 "main.cl"
        int main;

        """)
  }

  @Test func `A header that is missing is reported with the place that includes it`() {
    let files = ["main.cl": "\n#include \"a.h\"\n", "a.h": "int a;\n\n#include \"b.h\"\n"]
    let error = #expect(throws: DeltaCLError.self) { try expand(files) }
    #expect(error == DeltaCLError(.missingKernel, "a.h:3: cannot include \"b.h\": there is no b.h"))
  }

  @Test func `A header that includes itself is reported with the way there`() {
    let files = ["main.cl": "#include \"a.h\"\n", "a.h": "#include \"b.h\"\n", "b.h": "// b\n#include \"a.h\"\n"]
    let error = #expect(throws: DeltaCLError.self) { try expand(files) }
    #expect(error == DeltaCLError(.missingKernel, "b.h:2: a.h includes itself: main.cl > a.h > b.h > a.h"))
  }

  @Test func `The headers of every kernel source are found, and every header is used`() throws {
    let paths = KernelSource.paths
    var lines: Set<Substring> = []
    for path in paths where path.hasSuffix(".cl") {
      lines.formUnion(try KernelSource.program(String(path.dropLast(3))).split(separator: "\n"))
    }
    #expect(paths.count > 20)
    #expect(paths.filter { !lines.contains("#line 1 \"\($0)\"") } == [])
  }

  @Test func `A program that does not exist is named`() {
    let error = #expect(throws: DeltaCLError.self) { try KernelSource.program("winograd") }
    #expect(error == DeltaCLError(.missingKernel, "there is no kernel source named winograd.cl"))
  }
}
