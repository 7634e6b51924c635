import Foundation
import OpenCL
import Testing

@testable import DeltaCL

/// Operations with kernels of one's own.
@Suite struct CustomOperationTests {
  /// Sums of rows and where their maximum is, in two launches that share scratch.
  static let source = """
    #include "include/language.h"

    kernel void partial(global const float *x, global float *sums, global int *place, int rows, int columns, float factor)
    {
      const int row = get_global_id(0);
      if (row >= rows) return;
      float sum = 0;
      int best = 0;
      for (int at = 0; at < columns; at++) {
        sum += factor * x[row * columns + at];
        if (x[row * columns + at] > x[row * columns + best]) best = at;
      }
      sums[row] = sum;
      place[row] = best;
    }

    kernel void offset(global const float *b, global const float *sums, global float *y, int rows)
    {
      const int row = get_global_id(0);
      if (row < rows) y[row] = sums[row] + b[0] + SHIFT;
    }
    """

  private func rowSums(
    source: String = Self.source, first: KeyValuePairs<String, CustomLaunch.Argument>? = nil,
    kernel: String = "partial",
    shift: Double = 4
  ) throws -> CustomOperation {
    // Literals are no Sendable in a closure.
    let replaced = first.map { $0.map { ($0.key, $0.value) } }
    return try CustomOperation(
      "row-sums",
      [
        .read("x", ["rows", "columns"]), .read("b", []), .write("y", ["rows"]), .write("place", ["rows"], .int32),
      ], derived: ["count": { axes in try axes["rows"] * axes["columns"] }], source: source,
      launches: { axes in
        let (rows, columns) = try (axes["rows"], axes["columns"])
        var launch = CustomLaunch(
          kernel, constants: ["SHIFT": 4],
          [
            "x": "x", "sums": .scratch("sums", count: rows), "place": "place", "rows": .int(rows),
            "columns": .int(columns), "factor": .float(0.5),
          ], globalSize: [rows])
        if let replaced { launch.arguments = replaced }
        return [
          launch,
          CustomLaunch(
            "offset", constants: ["SHIFT": 4],
            ["b": "b", "sums": .scratch("sums", count: rows), "y": "y", "rows": .int(rows)], globalSize: [rows]),
        ]
      },
      floatingPointOperations: { axes in try axes["count"] },
      reference: { values in
        let (rows, columns) = try (values.axes["rows"], values.axes["columns"])
        let (x, b) = try (values["x"], values["b"])
        var y: [Double] = [], place: [Double] = []
        for row in 0..<rows {
          let elements = x[row * columns..<(row + 1) * columns]
          y.append(0.5 * elements.reduce(0, +) + b[0] + shift)
          let largest = elements.max() ?? 0
          place.append(Double((elements.firstIndex(of: largest) ?? 0) - elements.startIndex))
        }
        return ["y": y, "place": place]
      })
  }

  private func backend() throws -> OpenCLBackend { try #require(TestDevice.newBackend() as? OpenCLBackend) }

  @Test func kernelsOfOnesOwnJoinTheOthers() throws {
    let backend = try backend(), operation = try rowSums()
    try backend.verify(operation, axes: ["rows": 1...9, "columns": 1...30])
    let custom = try TensorOperation.custom(operation, ["rows": 2, "columns": 3])
    #expect(custom.name == "row-sums" && custom.shapeText == "x[2,3] b[] y[2] place[2]")
    #expect(custom.floatingPointOperations == 6)
    #expect(custom == (try .custom(operation, ["rows": 2, "columns": 3])))
    #expect(custom != (try .custom(operation, ["rows": 2, "columns": 4])))
    #expect(custom != (try .custom(rowSums(), ["rows": 2, "columns": 3])))
    for backend in [backend, ReferenceBackend()] as [any Backend] {
      let x = try Tensor([1, 2, 3, 6, 5, 4], shape: [2, 3], on: backend), b = try Tensor([10], shape: [], on: backend)
      let results = try backend.run(custom, x, b)
      #expect(try results[0].floats() == [17, 21.5])
      #expect(try results[1].int32s() == [2, 0])
    }
    #expect(try backend.plan(for: custom).summary == "partial SHIFT=4, offset SHIFT=4")
    #expect(try backend.plan(for: custom) === backend.plan(for: custom))
  }

  @Test func aProfileNamesThem() throws {
    let device = try #require(Backends.choose(TestDevice.selection).candidate.device)
    let backend = try OpenCLBackend(device, selector: "test", profiling: true)
    let operation = try TensorOperation.custom(rowSums(), ["rows": 1, "columns": 1])
    _ = try backend.run(operation, Tensor([1], shape: [1], on: backend), Tensor([1], shape: [1], on: backend))
    let entry = try #require(backend.takeProfile().entries.last)
    #expect(entry.work.label == "row-sums" && entry.commands.map(\.name) == ["partial", "offset"])
  }

  @Test func wrongResultsAreFound() throws {
    let backend = try backend()
    expectError(.wrongResult, naming: "row-sums x[1,1]", "y[0] is", "1 of 1 elements are wrong") {
      try backend.verify(rowSums(shift: 5))
    }
    let beyond = Self.source.replacingOccurrences(
      of: "place[row] = best;", with: "place[row] = best; place[rows] = best;")
    expectError(.wrongResult, naming: "memory after place is overwritten") {
      try backend.verify(rowSums(source: beyond))
    }
    let spoiling = Self.source.replacingOccurrences(of: "global const float *b", with: "global float *b")
      .replacingOccurrences(of: "y[row] =", with: "b[0] = 3; y[row] =")
    expectError(.wrongResult) { try backend.verify(rowSums(source: spoiling)) }
  }

  @Test func programsThatDoNotBuildShowTheLog() throws {
    let broken = Self.source.replacingOccurrences(of: "float sum = 0;", with: "float sum = undeclared;")
    let error = try #require(throws: ProgramBuildError.self) { try backend().verify(rowSums(source: broken)) }
    #expect(error.log.contains("undeclared"), "\(error)")
    // With the name of the operation and the line of its source.
    if error.log.contains("error:") { #expect(error.log.contains("row-sums.cl:7:"), "\(error)") }
    let headless = "#include \"include/nothing.h\"\n" + Self.source
    expectError(.missingKernel, naming: "row-sums.cl:1", "include/nothing.h") {
      try backend().verify(rowSums(source: headless))
    }
  }

  @Test func argumentsMustBeTheKernels() throws {
    let backend = try backend()
    let error = try #require(throws: OpenCLError.self) { try backend.verify(rowSums(kernel: "nothing")) }
    #expect(error.description.contains("nothing is not among offset, partial"), "\(error)")
    expectError(.mismatch, naming: "row-sums", "partial", "(x, sums, place, rows, columns, factor)", "gives (x, place)")
    {
      try backend.verify(rowSums(first: ["x": "x", "place": "place"]))
    }
    func last(_ name: String, _ argument: CustomLaunch.Argument) -> KeyValuePairs<String, CustomLaunch.Argument> {
      [
        "x": "x", "sums": .scratch("sums", count: 1), "place": "place", "rows": .int(1), "columns": .int(1),
        name: argument,
      ]
    }
    let one: [String: ClosedRange<Int>] = ["rows": 1...1, "columns": 1...1]
    expectError(.mismatch, naming: "columns, scale") {
      try backend.verify(rowSums(first: last("scale", .float(1))), axes: one)
    }
    for (argument, text) in [(CustomLaunch.Argument.int(2), "the integer 2"), ("y", "y, of float32 elements")] {
      expectError(.mismatch, naming: "factor of the kernel partial is declared as float", text) {
        try backend.verify(rowSums(first: last("factor", argument)), axes: one)
      }
    }
    for (argument, words) in [
      (CustomLaunch.Argument.int(1 << 40), ["factor", "32 bits"]), ("z", ["factor", "'z', which is no operand"]),
      (.scratch("sums", count: 9), ["9 floats of scratch 'sums'", "1 before"]),
    ] {
      expectError(.invalidArgument, naming: "row-sums: the launch of 'partial'", words[0], words[1]) {
        try backend.verify(rowSums(first: last("factor", argument)), axes: one)
      }
    }
  }

  @Test func deltasAreDerivatives() throws {
    let backend = try backend()
    func square(_ inputs: [String] = ["x", "dy"], delta: @escaping @Sendable (Int) throws -> TensorOperation) throws
      -> CustomOperation
    {
      try CustomOperation(
        "square", [.read("x", ["n"]), .write("y", ["n"])],
        source: """
          kernel void square(global const float *x, global float *y, int n)
          {
            const int at = get_global_id(0);
            if (at < n) y[at] = x[at] * x[at];
          }
          """,
        launches: { axes in
          [CustomLaunch("square", ["x": "x", "y": "y", "n": .int(try axes["n"])], globalSize: [try axes["n"]])]
        }, deltas: [CustomDelta(of: "x", from: inputs) { try delta($0["n"]) }],
        reference: { values in ["y": try values["x"].map { $0 * $0 }] })
    }
    let product = try CustomOperation(
      "square-delta", [.read("x", ["n"]), .read("dy", ["n"]), .write("dx", ["n"])], source: "", launches: { _ in [] },
      reference: { values in ["dx": try zip(values["x"], values["dy"]).map { 2 * $0 * $1 }] })
    try backend.verify(square { try .custom(product, ["n": $0]) })
    expectError(.wrongResult, naming: "square x[1]", "the delta of x gives") {
      try backend.verify(square { .add(count: $0) })
    }
    expectError(.mismatch, naming: "copy", "does not take 2 tensors") {
      try backend.verify(square { .copy(count: $0) })
    }
    expectError(.mismatch, naming: "fill", "writes 3 elements") {
      try backend.verify(square([]) { _ in .fill(count: 3, value: 1) })
    }
  }

  /// Slow enough to be past the limit, and not so slow that the test would be.
  @Test func kernelsThatHangAreGivenUp() throws {
    let slow = Self.source.replacingOccurrences(
      of: "place[row] = best;",
      with: """
        uint state = best;
          for (int step = 0; step < 200000000; step++) state = state * 1664525u + (state >> 16);
          place[row] = state == 1u ? 0 : best;
        """)
    let backend = try backend()
    let operation = try rowSums(source: slow)
    expectError(.timeLimit, naming: "row-sums", "has not ended within") {
      try backend.verify(operation, axes: ["rows": 1...1], caseCount: 1, timeLimit: .milliseconds(1))
    }
  }

  @Test func impossibleOperationsAreRefused() throws {
    func create(_ operands: [CustomOperand], name: String = "name", deltas: [CustomDelta] = []) throws {
      _ = try CustomOperation(
        name, operands, source: "", launches: { _ in [] }, deltas: deltas, reference: { _ in [:] })
    }
    let y = CustomOperand.write("y", [])
    for name in ["", "a b", "a\"\n", "ä"] {
      expectError(.invalidDescriptor, naming: "letters, digits") { try create([y], name: name) }
    }
    expectError(.invalidDescriptor, naming: "'2x' is no name") { try create([.read("2x", []), y]) }
    expectError(.invalidDescriptor, naming: "x, x, y", "one name") { try create([.read("x", []), .read("x", []), y]) }
    for operands in [[], [.read("x", [])], [y, .read("x", [])]] as [[CustomOperand]] {
      expectError(.invalidDescriptor, naming: "what is read, then") { try create(operands) }
    }
    let copy = CustomDelta(of: "x", from: ["dy"]) { _ in .copy(count: 1) }
    expectError(.invalidDescriptor, naming: "'x', whose delta") { try create([y], deltas: [copy]) }
    let wrong = CustomDelta(of: "x", from: ["dz"]) { _ in .copy(count: 1) }
    expectError(.invalidDescriptor, naming: "'dz'", "nor dy") { try create([.read("x", []), y], deltas: [wrong]) }
    let operation = try rowSums()
    expectError(.invalidArgument, naming: "no axis 'columns', only 'rows'") {
      try TensorOperation.custom(operation, ["rows": 1])
    }
    expectError(.invalidArgument, naming: "'count' follows from the others") {
      try TensorOperation.custom(operation, ["rows": 1, "columns": 2, "count": 2])
    }
    expectError(.invalidDescriptor, naming: "row-sums: x", "negative") {
      try TensorOperation.custom(operation, ["rows": -1, "columns": 2])
    }
    expectError(.tooLarge) { try TensorOperation.custom(operation, ["rows": 1 << 30, "columns": 4]) }
  }

  @Test func launchesMustBePossible() throws {
    func launch(_ globalSize: [Int], constants: [String: Int] = [:], localSize: Int? = nil) throws {
      let operation = try CustomOperation(
        "name", [.write("y", [])], source: "kernel void k(global float *y) { y[0] = 1; }",
        launches: { _ in
          [CustomLaunch("k", constants: constants, ["y": "y"], globalSize: globalSize, localSize: localSize)]
        }, reference: { _ in ["y": [1]] })
      try backend().verify(operation, caseCount: 1)
    }
    #expect(throws: Never.self) { try launch([1]) }
    for sizes in [[], [1, 1, 1, 1], [-1]] as [[Int]] {
      expectError(.invalidArgument, naming: "launch of 'k'", "\(sizes)") { try launch(sizes) }
    }
    expectError(.invalidArgument, naming: "work-groups of 0") { try launch([1], localSize: 0) }
    expectError(.unsupportedKernel, naming: "k", "work-groups of 1000000") { try launch([1], localSize: 1_000_000) }
    expectError(.invalidArgument, naming: "'A B'") { try launch([1], constants: ["A B": 1]) }
    expectError(.tooLarge) { try launch([Int.max, 2], localSize: 2) }
  }

  @Test func wrongReferencesAreFound() throws {
    func run(_ reference: [String: [Double]]) throws {
      let operation = try CustomOperation(
        "name", [.write("y", ["n"]), .write("k", [], .int32)], source: "", launches: { _ in [] },
        reference: { _ in reference })
      _ = try ReferenceBackend().run(.custom(operation, ["n": 2]))
    }
    #expect(throws: Never.self) { try run(["y": [1, 2], "k": [3]]) }
    expectError(.mismatch, naming: "reference of name", "1 elements of y, not 2") { try run(["y": [1], "k": [3]]) }
    expectError(.mismatch, naming: "0 elements of k, not 1") { try run(["y": [1, 2]]) }
    for value in [0.5, .nan, 1e10] {
      expectError(.mismatch, naming: "for k", "int32") { try run(["y": [1, 2], "k": [value]]) }
    }
    let operation = try CustomOperation(
      "name", [.write("y", [])], source: "", launches: { _ in [] }, reference: { ["y": try $0["x"]] })
    expectError(.invalidArgument, naming: "no operand x") { try ReferenceBackend().run(.custom(operation, [:])) }
  }
}
