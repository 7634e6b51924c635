import DeltaCL
public import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem

/// A model with every plan made and all memory allocated, for inputs of given shapes.
///
/// Not `Sendable`: an instance belongs to one thread at a time.
public final class CompiledModel {
  private let compiled: CompiledGraph
  private let inputs: [String: Tensor]
  private let outputs: [(name: String, tensor: Tensor)]
  /// Outputs that no input changes.
  private let constants: [String: HostTensor]

  init(
    _ lowering: inout Lowering, inputs: [String: GraphValue], outputs: [String], on backend: any Backend
  ) throws {
    var kept: [(name: String, value: GraphValue, shape: [Int])] = []
    var constants: [String: HostTensor] = [:]
    let end = Node(proto: Onnx_NodeProto(), opset: 0, folder: "")
    for name in outputs {
      let value = try lowering.output(name)
      switch value {
      case .tensor(let tensor): kept.append((name, try lowering.inOrder(end, value), tensor.shape))
      case .constant(let constant):
        constants[name] =
          try constant.floats.map { try HostTensor(floats: $0, shape: constant.shape) }
          ?? HostTensor(int64s: constant.integers ?? [], shape: constant.shape)
      }
    }
    var storages: [Int: any Storage] = [:]
    for (value, elements) in lowering.constants {
      storages[value.id] = try Self.tensor(elements, value.shape, on: backend).storage
    }
    var tensors: [String: Tensor] = [:]
    for (name, value) in inputs {
      let tensor = try Tensor(backend.allocate(.float32, count: value.shape.elementCount), shape: value.shape)
      tensors[name] = tensor
      storages[value.id] = tensor.storage
    }
    let compiled = try CompiledGraph(
      lowering.graph, keeping: kept.map(\.value), external: storages, on: backend)
    self.outputs = try kept.map { ($0.name, try Tensor(compiled.tensor($0.value).storage, shape: Shape($0.shape))) }
    self.compiled = compiled
    self.inputs = tensors
    self.constants = constants
  }

  private static func tensor(_ values: [Float], _ shape: Shape, on backend: any Backend) throws -> Tensor {
    let tensor = try Tensor(backend.allocate(.float32, count: values.count), shape: shape)
    try tensor.write(values)
    return tensor
  }

  /// Runs the model and waits for what it gives.
  ///
  /// - Parameter inputs: Each input, of the shape that the model is compiled for and with elements of any type of floating point.
  /// - Returns: Each output.
  /// - Throws: ``ONNXError`` (`mismatch`) if an input is missing or has another shape; what the backend throws.
  public func run(_ inputs: [String: HostTensor]) throws -> [String: HostTensor] {
    for (name, tensor) in self.inputs {
      guard let given = inputs[name], given.shape == tensor.shape.dimensions else {
        throw ONNXError(.mismatch, "the input \(Excerpt.quoted(name)) must be there with the shape \(tensor.shape)")
      }
      try tensor.write(given.floats(name: name))
    }
    try compiled.enqueue()
    var results = constants
    for (name, tensor) in outputs {
      results[name] = try HostTensor(floats: tensor.floats(), shape: tensor.shape.dimensions)
    }
    return results
  }
}
