import DeltaCL
import DeltaCLNetworks
import DeltaCLSystem

/// Turns the nodes of a model into a graph of operations, for inputs of given shapes.
///
/// Images go through convolutions, pooling and functions of single elements with their channels innermost; they are transposed only
/// where an operator needs ONNX's order.
struct Lowering {
  private(set) var graph = Graph()
  /// The values of what the graph reads and no run changes.
  private(set) var constants: [(value: GraphValue, elements: [Float])] = []
  private var values: [String: LoweredValue] = [:]
  /// The nodes that others have taken in.
  private var absorbed: Set<Int> = []
  /// The indices of the nodes that read a name, each as often as it reads it.
  private var readers: [String: [Int]] = [:]
  private let nodes: [Node]
  private let kept: Set<String>

  init(_ nodes: [Node], keeping kept: Set<String>) {
    self.nodes = nodes
    self.kept = kept
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { readers[input, default: []].append(index) }
    }
  }

  /// Adds a value that a run is given.
  mutating func input(_ name: String, _ shape: [Int]) -> GraphValue {
    let value = graph.add(name, Shape(shape), role: .input)
    values[name] = .tensor(LoweredTensor(value: value, shape: shape, layout: .same))
    return value
  }

  mutating func define(_ name: String, _ value: LoweredValue) { values[name] = value }

  /// Lowers all nodes in their order.
  mutating func lowerNodes() throws {
    for (index, node) in nodes.enumerated() where !absorbed.contains(index) {
      guard let lower = Operators.all[node.proto.opType] else {
        throw node.unsupported("there is no such operator here")
      }
      do {
        try lower(node, &self)
      } catch let error as DeltaCLError {
        throw ONNXError(.unsupported, "\(node.label): \(error.message)")
      } catch let error as NetworkError {
        throw ONNXError(.unsupported, "\(node.label): \(error.message)")
      }
    }
  }

  // MARK: What nodes read

  /// A value by its name; `nil` where a model leaves it out.
  func optional(_ node: Node, _ index: Int) throws(ONNXError) -> LoweredValue? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    guard let value = values[node.inputs[index]] else {
      throw node.malformed(
        "reads \(Excerpt.quoted(node.inputs[index])), which no node before it writes: it is undefined or in a cycle")
    }
    return value
  }

  func value(_ node: Node, _ index: Int) throws(ONNXError) -> LoweredValue {
    guard let value = try optional(node, index) else { throw node.malformed("input \(index + 1) is missing") }
    return value
  }

  /// The tensor that a name at the end of the graph stands for.
  func output(_ name: String) throws(ONNXError) -> LoweredValue {
    guard let value = values[name] else {
      throw ONNXError(.malformed, "no node writes the output \(Excerpt.quoted(name))")
    }
    return value
  }

  /// Numbers that must be known before the model runs; `nil` where a model leaves them out.
  func knownFloats(_ node: Node, _ index: Int, _ what: String) throws(ONNXError) -> Constant? {
    guard let value = try optional(node, index) else { return nil }
    guard case .constant(let constant) = value, constant.floats != nil else {
      throw node.unsupported("\(what) must be constant numbers")
    }
    return constant
  }

  /// Integers that must be known before the model runs; `nil` where a model leaves them out.
  func knownIntegers(_ node: Node, _ index: Int, _ what: String) throws(ONNXError) -> [Int]? {
    guard let value = try optional(node, index) else { return nil }
    guard case .constant(let constant) = value, let integers = constant.integers else {
      throw node.unsupported("\(what) must be integers that are known before the model runs")
    }
    return integers.map { Int($0) }
  }

  /// The only node that reads what `node` writes, if it is of this kind; from then on it is not lowered for itself.
  mutating func absorb(_ opType: String, after node: Node, if fits: (Node) -> Bool) -> Node? {
    guard node.outputs.count == 1, !kept.contains(node.outputs[0]), let readers = readers[node.outputs[0]],
      readers.count == 1, nodes[readers[0]].proto.opType == opType, fits(nodes[readers[0]])
    else { return nil }
    absorbed.insert(readers[0])
    return nodes[readers[0]]
  }

  /// Whether a name is a constant of numbers already.
  func isKnown(_ name: String) -> Bool {
    if case .constant(let constant)? = values[name] { constant.floats != nil } else { false }
  }

  // MARK: What nodes write

  mutating func set(_ node: Node, _ value: LoweredValue, at index: Int = 0) throws(ONNXError) {
    guard index < node.outputs.count else { throw node.malformed("has no output \(index + 1)") }
    let name = node.outputs[index]
    guard values[name] == nil else { throw node.malformed("writes \(Excerpt.quoted(name)), which is defined before") }
    guard Constant.count(of: value.shape) != nil else {
      throw node.unsupported("writes a tensor of shape [\(Excerpt.list(value.shape))], which is too large")
    }
    values[name] = value
  }

  mutating func set(
    _ node: Node, _ value: GraphValue, _ shape: [Int], _ layout: LoweredTensor.Layout = .same, at index: Int = 0
  ) throws(ONNXError) {
    try set(node, .tensor(LoweredTensor(value: value, shape: shape, layout: layout)), at: index)
  }

  /// Appends an operation.
  ///
  /// - Returns: The first value that it writes.
  mutating func append(_ node: Node, _ operation: TensorOperation, _ inputs: GraphValue...) throws -> GraphValue {
    try append(node, operation, inputs)
  }

  mutating func append(_ node: Node, _ operation: TensorOperation, _ inputs: [GraphValue]) throws -> GraphValue {
    let name = node.proto.name.isEmpty ? node.outputs.first ?? node.proto.opType : node.proto.name
    return try graph.append(operation, inputs, label: name)[0]
  }

  // MARK: Layouts

  /// The elements on the device in any layout.
  mutating func tensor(_ node: Node, _ value: LoweredValue) throws(ONNXError) -> LoweredTensor {
    switch value {
    case .tensor(let tensor): return tensor
    case .constant(let constant):
      return LoweredTensor(value: try add(node, constant), shape: constant.shape, layout: .same)
    }
  }

  /// A constant on the device.
  mutating func add(_ node: Node, _ constant: Constant) throws(ONNXError) -> GraphValue {
    guard let floats = constant.floats else {
      throw node.unsupported("integers are calculated with only where they are known before the model runs")
    }
    let value = graph.add("\(node.proto.name).constant\(constants.count)", Shape(constant.shape), role: .input)
    constants.append((value, floats))
    return value
  }

  /// The elements on the device in ONNX's order.
  mutating func inOrder(_ node: Node, _ value: LoweredValue) throws -> GraphValue {
    let tensor = try tensor(node, value)
    let shape = tensor.shape
    switch tensor.layout {
    case .same: return try tensor.value.reshaped(Shape(shape))
    case .channelsLast:
      if shape[1] == 1 || shape[2] * shape[3] == 1 { return try tensor.value.reshaped(Shape(shape)) }
      let copy = try StridedCopy.transpose([shape[0], shape[2], shape[3], shape[1]], axes: [0, 3, 1, 2])
      return try append(node, .stridedCopy(copy), tensor.value)
    case .flattened(let image):
      let copy = try StridedCopy.transpose([shape[0], image[1], image[2], image[0]], axes: [0, 3, 1, 2])
      return try append(node, .stridedCopy(copy), tensor.value).reshaped(Shape(shape))
    }
  }

  /// An image `[N, C, H, W]` with its channels innermost; fewer axes are taken as the last ones.
  mutating func channelsLast(_ node: Node, _ value: LoweredValue) throws -> GraphValue {
    let shape = [Int](repeating: 1, count: max(0, 4 - value.shape.count)) + value.shape
    guard shape.count == 4 else {
      throw node.unsupported("the shape [\(Excerpt.list(shape))] is no image [N, C, H, W]")
    }
    let target = Shape([shape[0], shape[2], shape[3], shape[1]])
    if case .constant(let constant) = value {
      return try add(node, constant.reshaped(shape).transposed([0, 2, 3, 1]))
    }
    let tensor = try tensor(node, value)
    if tensor.layout == .channelsLast { return tensor.value }
    let ordered = try inOrder(node, value)
    if shape[1] == 1 || shape[2] * shape[3] == 1 { return try ordered.reshaped(target) }
    return try append(node, .stridedCopy(.transpose(Shape(shape), axes: [0, 2, 3, 1])), ordered)
  }
}
