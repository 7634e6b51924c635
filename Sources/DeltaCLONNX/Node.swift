import DeltaCLSystem

/// A node of a model's graph, whose attributes are read by type.
struct Node {
  let proto: Onnx_NodeProto
  /// The version of ONNX's operators that the model asks for.
  let opset: Int
  /// Where files with external data lie.
  let folder: String

  var inputs: [String] { proto.input }
  var outputs: [String] { proto.output }

  /// Such as `node "conv1" (Conv)`; a node without a name is called after its first output.
  var label: String {
    let (name, kind) = (proto.name.isEmpty ? proto.output.first ?? "" : proto.name, proto.opType)
    return
      "node \(Excerpt.quoted(name)) (\(kind.allSatisfy { $0.isLetter || $0.isNumber } ? kind : Excerpt.quoted(kind)))"
  }

  func malformed(_ message: String) -> ONNXError { ONNXError(.malformed, "\(label): \(message)") }
  func unsupported(_ message: String) -> ONNXError { ONNXError(.unsupported, "\(label): \(message)") }

  func has(_ name: String) -> Bool { proto.attribute.contains { $0.name == name } }

  func integer(_ name: String) throws(ONNXError) -> Int? {
    try attribute(name, .int, "an integer").map { Int($0.i) }
  }

  func flag(_ name: String) throws(ONNXError) -> Bool { try integer(name) ?? 0 != 0 }

  func integers(_ name: String) throws(ONNXError) -> [Int]? {
    try attribute(name, .ints, "integers")?.ints.map { Int($0) }
  }

  func float(_ name: String, otherwise value: Float) throws(ONNXError) -> Float {
    try attribute(name, .float, "a number")?.f ?? value
  }

  func text(_ name: String) throws(ONNXError) -> String? {
    try attribute(name, .string, "a text").map { String(decoding: $0.s, as: UTF8.self) }
  }

  func constant(_ name: String) throws -> Constant? {
    try attribute(name, .tensor, "a tensor").map {
      try Constant($0.t, "\(label): attribute \(name)", folder: folder)
    }
  }

  /// Pairs of numbers, one for rows and one for columns, all of at least `least`.
  func pair(_ name: String, least: Int) throws(ONNXError) -> (rows: Int, columns: Int)? {
    guard let values = try integers(name) else { return nil }
    guard values.count == 2, values.allSatisfy({ $0 >= least && $0 <= Int(Int32.max) }) else {
      throw malformed("attribute \(name) is [\(Excerpt.list(values))] and must be two numbers of at least \(least)")
    }
    return (values[0], values[1])
  }

  private func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType, _ what: String
  ) throws(ONNXError) -> Onnx_AttributeProto? {
    guard let attribute = proto.attribute.first(where: { $0.name == name }) else { return nil }
    guard attribute.type == type else { throw malformed("attribute \(name) must be \(what)") }
    return attribute
  }
}
