/// An ``ElementwiseExpression`` in OpenCL C: what `Kernels/OpenCL/elementwise/expression.cl` is built with, and what its kernel
/// takes.
///
/// Both follow from the form alone: which steps there are and which inputs are repeated along which axes. Numbers and extents
/// are arguments.
struct ExpressionKernel {
  private let expression: ElementwiseExpression
  private let form: BroadcastForm
  private let inputs: [Int]

  init(_ expression: ElementwiseExpression, _ form: BroadcastForm) {
    self.expression = expression
    self.form = form
    inputs = expression.inputs
  }

  /// The axes but the first and the last, whose extents tell a row's position along each axis.
  private var middleAxes: Range<Int> { 1..<max(1, form.extents.count - 1) }

  /// The arguments, of which the kernel's own follow.
  ///
  /// - Parameter result: The position of the operand that is written.
  func arguments(result: Int) -> KernelArguments {
    var arguments: KernelArguments = [:]
    for input in inputs { arguments.append("x\(input)", .operand(input)) }
    arguments.append("y", .operand(result))
    for axis in middleAxes { arguments.append("extent\(axis)", .int(form.extents[axis])) }
    for (index, bits) in expression.constants.enumerated() {
      arguments.append("c\(index)", .float(Float(bitPattern: bits)))
    }
    return arguments
  }

  /// The macros that `expression.cl` explains.
  var definitions: String {
    """
    #define PARAMETERS \(parameters.joined(separator: ", "))
    #define BEGIN_ROW \(rowStatements.joined(separator: " "))
    #define STEPS(T, GET) \(steps.joined(separator: " "))
    #define RESULT v\(expression.nodes.count - 1)

    """
  }

  private var parameters: [String] {
    inputs.map { "global const float *x\($0)" } + ["global float *y"] + middleAxes.map { "int extent\($0)" }
      + expression.constants.indices.map { "float c\($0)" }
  }

  /// The index of a row along each axis but the last, where each input begins in it, and the elements that the row repeats.
  private var rowStatements: [String] {
    let axes = form.extents.count - 1
    var statements: [String] = []
    var quotient = "row"
    for axis in middleAxes.reversed() {
      statements.append("const int i\(axis) = \(quotient) % extent\(axis), q\(axis) = \(quotient) / extent\(axis);")
      quotient = "q\(axis)"
    }
    if axes > 0 { statements.append("const int i0 = \(quotient);") }
    for input in inputs {
      let varies = form.variations[input]
      var position = (0..<axes).filter { varies[$0] }.reduce("") { position, axis in
        position.isEmpty ? "i\(axis)" : "(\(position) * extent\(axis) + i\(axis))"
      }
      if position.isEmpty { position = "0" }
      if varies[axes] {
        statements.append("global const float *p\(input) = x\(input) + \(position) * columns;")
      } else {
        statements.append("const float s\(input) = x\(input)[\(position)];")
      }
    }
    return statements
  }

  private var steps: [String] {
    var constants = 0
    return expression.nodes.enumerated().map { index, node in
      let value: String
      switch node {
      case .input(let input):
        value = form.variations[input].last == true ? "GET(p\(input))" : "s\(input)"
      case .constant:
        value = "c\(constants)"
        constants += 1
      case .unary(let function, let x): value = function.kernelText("v\(x)")
      case .binary(let function, let a, let b): value = function.kernelText("v\(a)", "v\(b)")
      case .where(let condition, let a, let b): value = "v\(condition) != (T)(0.0f) ? v\(a) : v\(b)"
      }
      return "const T v\(index) = \(value);"
    }
  }
}
