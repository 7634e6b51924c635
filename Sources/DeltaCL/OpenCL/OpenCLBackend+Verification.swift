/// Whether a kernel of one's own computes what it should.
extension OpenCLBackend {
  /// Holds an operation's kernels to its reference on shapes of random extents: the smallest, the largest, and others between.
  ///
  /// Every operand and the scratch lie between margins that must stay as they are, results are garbage before, inputs must not
  /// change, and a second run must give the same bits. Numbers are from -1 to 1. The same call makes the same shapes and values.
  /// Deltas are compared with differences of the reference; verify the operations that compute them too.
  ///
  /// - Parameters:
  ///   - operation: The operation.
  ///   - axes: The extents to draw from, by the names of axes; of axes that are not named here 1 to 20.
  ///   - caseCount: How many shapes to try.
  ///   - tolerance: How far an element may be off: so much, and as much of itself. Integers must be equal.
  ///   - timeLimit: How long a run may take, without its compilation.
  /// - Throws: ``DeltaCLError`` (`wrongResult`) with the shapes and the first element or the delta that is wrong, (`timeLimit`) if a kernel
  ///   hangs, (`mismatch`) if arguments are not those that a kernel declares; `ProgramBuildError` with the compiler's log.
  public func verify(
    _ operation: CustomOperation, axes: [String: ClosedRange<Int>] = [:], caseCount: Int = 6, tolerance: Float = 1e-5,
    timeLimit: Duration = .seconds(60)
  ) throws {
    let derived = Set(operation.derived.map(\.name))
    let names = Set(operation.operands.flatMap(\.axes)).union(axes.keys).subtracting(derived).sorted()
    var values = SelfTestValues()
    for index in 0..<max(1, caseCount) {
      var extents: [String: Int] = [:]
      for name in names {
        let range = (axes[name] ?? 1...20).clamped(to: 0...Shape.maximumElementCount)
        extents[name] =
          switch index {
          case 0: range.lowerBound
          case 1: range.upperBound
          default: values.integer(in: range)
          }
      }
      let custom = try TensorOperation.Custom(operation, CustomAxes(extents))
      let inputs = custom.operands.filter { $0.access != .write }.map { values.values(for: $0) }
      do {
        try SelfTestCase(TensorOperation(custom), inputs, .relative(tolerance), on: planner)
          .verify(on: self, timeLimit: timeLimit)
      } catch let flaw as SelfTestFlaw {
        throw DeltaCLError(.wrongResult, "\(custom.name) \(custom.shapeText): \(flaw.reason)")
      } catch let error as DeltaCLError where error.code == .timeLimit {
        throw DeltaCLError(.timeLimit, "\(custom.name) \(custom.shapeText): \(error.message)")
      }
      if let check = try CustomDeltaCheck(custom, inputs, &values) {
        for delta in operation.deltas { try check.verify(delta, &values) }
      }
    }
  }
}
