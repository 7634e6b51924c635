public import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem
import SwiftProtobuf

/// A model of an ONNX file, to be run on any backend.
public struct Model: Sendable {
  /// What a run is given.
  public let inputs: [ModelValue]
  /// What a run gives.
  public let outputs: [ModelValue]

  let nodes: [Node]
  let constants: [String: Constant]

  /// Reads a model, and the data of its weights from files beside it.
  ///
  /// - Throws: `DataError` if a file cannot be read; ``ONNXError`` if it breaks a rule of the format.
  public init(contentsOf path: String) throws {
    let bytes = try FileSystem.read(path)
    do {
      try self.init(bytes: bytes, folder: NativePath.folder(of: path))
    } catch let error as ONNXError {
      throw ONNXError(error.code, "\(path): \(error.message)")
    }
  }

  init(bytes: [UInt8], folder: String) throws {
    let proto: Onnx_ModelProto
    do {
      proto = try Onnx_ModelProto(serializedBytes: bytes)
    } catch {
      throw ONNXError(.malformed, "is no whole ONNX model; get the file again")
    }
    let versions = proto.opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version)
    guard proto.hasGraph, let version = versions.first, version >= 7, version <= 1000 else {
      throw ONNXError(
        .unsupported, "has no graph of ONNX's operators of version 7 or newer; export it again with a newer opset")
    }
    nodes = proto.graph.node.map { Node(proto: $0, opset: Int(version), folder: folder) }
    var constants: [String: Constant] = [:]
    for tensor in proto.graph.initializer {
      constants[tensor.name] = try Constant(tensor, "initializer \(Excerpt.quoted(tensor.name))", folder: folder)
    }
    self.constants = constants
    inputs = try proto.graph.input.filter { constants[$0.name] == nil }.map(ModelValue.init)
    outputs = try proto.graph.output.map(ModelValue.init)
  }

  /// Compiles the model for inputs of these shapes.
  ///
  /// - Parameters:
  ///   - shapes: The extents of each input, in ONNX's order.
  ///   - backend: Where it is to run.
  /// - Throws: ``ONNXError`` if an operator is missing, the model breaks a rule or a shape is not what it asks for; what the backend
  ///   throws.
  public func compiled(for shapes: [String: [Int]], on backend: any Backend) throws -> CompiledModel {
    try requireOperators()
    try requireShapes(shapes)
    var lowering = Lowering(nodes, keeping: Set(outputs.map(\.name)))
    for (name, constant) in constants { lowering.define(name, .constant(constant)) }
    var given: [String: GraphValue] = [:]
    for input in inputs { given[input.name] = lowering.input(input.name, shapes[input.name] ?? []) }
    try lowering.lowerNodes()
    return try CompiledModel(&lowering, inputs: given, outputs: outputs.map(\.name), on: backend)
  }

  private func requireOperators() throws(ONNXError) {
    let missing = nodes.filter {
      !["", "ai.onnx"].contains($0.proto.domain) || Operators.all[$0.proto.opType] == nil
    }
    guard let first = missing.first else { return }
    let others = missing.count == 1 ? "it is the only one" : "\(missing.count)"
    throw ONNXError(
      .unsupported,
      "\(first.label): this operator is not computed here; of \(nodes.count) nodes, so is \(others): "
        + Excerpt.list(Set(missing.map(\.proto.opType)).sorted()))
  }

  private func requireShapes(_ shapes: [String: [Int]]) throws(ONNXError) {
    if let name = shapes.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
      throw ONNXError(
        .mismatch, "the model has no input \(Excerpt.quoted(name)); it has: \(Excerpt.list(inputs.map(\.name)))")
    }
    var symbols: [String: Int] = [:]
    for input in inputs {
      guard input.elementType == "float" else {
        throw ONNXError(
          .unsupported,
          "input \(Excerpt.quoted(input.name)) has elements of type \(input.elementType); only float is computed here")
      }
      guard let shape = shapes[input.name] else {
        throw ONNXError(.mismatch, "the input \(Excerpt.quoted(input.name)) \(input.shapeText) is missing")
      }
      var fits = Constant.count(of: shape) != nil && input.shape.map { $0.count == shape.count } ?? true
      for (declared, extent) in zip(input.shape ?? [], shape) {
        switch declared {
        case .fixed(let fixed): fits = fits && fixed == extent
        case .symbolic(let symbol) where !symbol.isEmpty:
          fits = fits && symbols[symbol, default: extent] == extent
          symbols[symbol] = extent
        case .symbolic: break
        }
      }
      guard fits else {
        throw ONNXError(
          .mismatch,
          "the input \(Excerpt.quoted(input.name)) has the shape [\(Excerpt.list(shape))], and the model asks for \(input.shapeText)"
        )
      }
    }
  }
}
