/// A formula for each element of a result, from the elements of some inputs: what one kernel computes in one pass over memory.
///
/// Formulas are written with operators, number literals and functions, and are values that can be put together:
///
///     let normalized: ElementwiseExpression = (.input(0) - .input(1)) * .rsqrt(.input(2) + 1e-5)
///     let operation = try TensorOperation.elementwise(.silu(normalized), inputs: [[32, 28, 28, 64], [64], [64]])
///
/// Parts that are equal are computed once. Constants are `float32` and arguments of the kernel: formulas that differ in them
/// alone share a program. Arithmetic follows IEEE 754, so that a NaN goes through; comparisons give 1 or 0.
public struct ElementwiseExpression: Hashable, Sendable {
  /// A step of the computation. It refers to earlier ones by their positions.
  enum Node: Hashable, Sendable {
    case input(Int)
    /// A number by its bits, so that NaN is equal to itself and -0 is not 0.
    case constant(UInt32)
    case unary(UnaryFunction, Int)
    case binary(BinaryFunction, Int, Int)
    /// The second if the first is not 0, else the third.
    case `where`(Int, Int, Int)
  }

  /// The steps in their order, each once and all of them needed for the last, which is the result.
  private(set) var nodes: [Node]

  private init(_ node: Node) {
    nodes = [node]
  }

  /// The element of an input, by its position.
  public static func input(_ index: Int) -> Self { Self(.input(index)) }

  /// A number.
  public static func constant(_ value: Float) -> Self { Self(.constant(value.bitPattern)) }

  /// The number of inputs: one more than the greatest position.
  public var inputCount: Int { (inputs.max() ?? -1) + 1 }

  /// The positions of the inputs that are read, in ascending order.
  var inputs: [Int] {
    nodes.compactMap { if case .input(let index) = $0 { index } else { nil } }.sorted()
  }

  /// The number that the formula is; `nil` if it depends on an input.
  var constant: Float? {
    guard nodes.count == 1, case .constant(let bits) = nodes[0] else { return nil }
    return Float(bitPattern: bits)
  }

  /// The bits of the numbers, in the order of their first use.
  var constants: [UInt32] {
    nodes.compactMap { if case .constant(let bits) = $0 { bits } else { nil } }
  }
}

extension ElementwiseExpression {
  static func unary(_ function: UnaryFunction, _ x: Self) -> Self {
    if let value = x.constant { return .constant(Float(function.value(Double(value)))) }
    var result = x
    result.nodes.append(.unary(function, x.nodes.count - 1))
    return result
  }

  static func binary(_ function: BinaryFunction, _ a: Self, _ b: Self) -> Self {
    if let a = a.constant, let b = b.constant { return .constant(Float(function.value(Double(a), Double(b)))) }
    var result = a
    let second = result.merge(b)
    result.append(.binary(function, a.nodes.count - 1, second))
    return result
  }

  /// `a` where the condition is not 0, which a NaN is not, and `b` elsewhere.
  public static func `where`(_ condition: Self, _ a: Self, _ b: Self) -> Self {
    if a == b { return a }
    if let value = condition.constant { return value != 0 ? a : b }
    var result = condition
    let (first, second) = (result.merge(a), result.merge(b))
    result.append(.where(condition.nodes.count - 1, first, second))
    return result
  }

  /// The formula with another one in the place of each input.
  package func substituting(_ replacement: (Int) -> Self) -> Self {
    rebuilt { node, values in
      switch node {
      case .input(let index): replacement(index)
      case .constant(let bits): .constant(Float(bitPattern: bits))
      case .unary(let function, let x): .unary(function, values[x])
      case .binary(let function, let a, let b): .binary(function, values[a], values[b])
      case .where(let condition, let a, let b): .where(values[condition], values[a], values[b])
      }
    }
  }

  /// What is made of the last step from what is made of the earlier ones.
  func rebuilt<Value>(_ value: (Node, [Value]) -> Value) -> Value {
    var values: [Value] = []
    for node in nodes { values.append(value(node, values)) }
    return values[values.count - 1]
  }

  /// The position of the step that gives `other`, whose steps are appended as far as they are missing.
  private mutating func merge(_ other: Self) -> Int {
    other.rebuilt { node, positions in find(node.moved { positions[$0] }) }
  }

  /// The position of a step, which is appended if it is missing.
  private mutating func find(_ node: Node) -> Int {
    if let index = nodes.firstIndex(of: node) { return index }
    nodes.append(node)
    return nodes.count - 1
  }

  /// Makes a step the result, and removes what it does not need.
  private mutating func append(_ node: Node) {
    let result = find(node)
    var isNeeded = [Bool](repeating: false, count: result + 1)
    isNeeded[result] = true
    for index in isNeeded.indices.reversed() where isNeeded[index] {
      for argument in nodes[index].arguments { isNeeded[argument] = true }
    }
    var positions: [Int] = []
    var kept: [Node] = []
    for (index, node) in nodes[...result].enumerated() {
      positions.append(kept.count)
      if isNeeded[index] { kept.append(node.moved { positions[$0] }) }
    }
    nodes = kept
  }
}

extension ElementwiseExpression.Node {
  /// The steps that it refers to.
  var arguments: [Int] {
    switch self {
    case .input, .constant: []
    case .unary(_, let x): [x]
    case .binary(_, let a, let b): [a, b]
    case .where(let condition, let a, let b): [condition, a, b]
    }
  }

  /// The same step where those that it refers to are elsewhere.
  func moved(_ position: (Int) -> Int) -> Self {
    switch self {
    case .input, .constant: self
    case .unary(let function, let x): .unary(function, position(x))
    case .binary(let function, let a, let b): .binary(function, position(a), position(b))
    case .where(let condition, let a, let b): .where(position(condition), position(a), position(b))
    }
  }
}
