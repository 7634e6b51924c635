import DeltaCL
import DeltaCLData
import OpenCL

/// What `deltacl op` has to run: operations on the tensors of a file.
struct OperationRequest {
  /// One operation with the file's tensors that it reads and the names and shapes of those it writes.
  private struct Call {
    let operation: TensorOperation
    let inputs: [Input]
    let outputs: [(name: String, shape: Shape)]
  }

  private enum Input {
    /// A float tensor of the file, which is read when it is used.
    case floats(String, Shape)
    case int32s([Int32], Shape)
    case values([Float], Shape)
    /// What an earlier call wrote under this name.
    case written(String, Shape)
  }

  private let command: OperationCommand
  private let file: any TensorFile
  /// The shapes of the file's tensors that the operation takes.
  private var shapes: [String: Shape] = [:]
  private var calls: [Call] = []

  /// Finds the tensors that the operation `command` takes in `file`; others in it are ignored.
  ///
  /// - Throws: `DataError`, `DeltaCLError` or ``CommandFailure`` if a tensor is missing or does not fit.
  init(_ command: OperationCommand, _ attributes: OperationAttributes, file: any TensorFile) throws {
    self.command = command
    self.file = file
    for tensor in command.tensors where !tensor.isOptional || file.has(tensor.name) {
      let shape = try shape(of: tensor.name, tensor.elementType)
      if case .layout(let layout) = tensor.form, shape.dimensions.count != tensor.rank {
        throw failure("\(tensor.name) has the shape \(shape) and must be \(layout)")
      }
      shapes[tensor.name] = shape
    }
    let arguments = OperationArguments(attributes: attributes.values, shapes: shapes)
    do {
      for operation in try command.operations(arguments) { calls.append(try call(operation)) }
    } catch let error as DeltaCLError where error.code == .mismatch {
      throw failure(error.message)
    }
  }

  private func call(_ operation: TensorOperation) throws -> Call {
    let operands = operation.operands
    let outputs = try operands.filter { $0.access == .write }.map { operand in
      let name = command.tensorName(of: operand)
      return (name, try resultShape(name) ?? operand.shape)
    }
    return Call(
      operation: operation, inputs: try operands.filter { $0.access != .write }.map { try input($0) }, outputs: outputs)
  }

  /// The shape of a result if it is not the operand's.
  private func resultShape(_ name: String) throws -> Shape? {
    guard let result = command.results.first(where: { $0.name == name }) else { return nil }
    return result.isScalar ? [] : result.model.flatMap { shapes[$0] }
  }

  /// What an operand is made from.
  private func input(_ operand: Operand) throws -> Input {
    let name = command.tensorName(of: operand)
    if calls.contains(where: { $0.outputs.contains { $0.name == name } }) { return .written(name, operand.shape) }
    if let derived = command.derived.first(where: { $0.name == name }) {
      let sources = try derived.sources.map { try file.tensor($0).floats(name: "\(file.path): \($0)") }
      return .values(derived.values(sources), operand.shape)
    }
    let shape = try shape(of: name, operand.elementType)
    let wanted = wantedShape(name, shape, operand)
    guard shape == wanted else {
      throw failure("\(name) has the shape \(shape), where the other tensors and attributes ask for \(wanted)")
    }
    return operand.elementType == .int32 ? .int32s(try int32s(name, in: operand.range), shape) : .floats(name, shape)
  }

  /// The shape of the file's tensor, which must have floats if the operation takes them.
  private func shape(of name: String, _ elementType: ElementType) throws -> Shape {
    let (dtype, dimensions) = try file.form(of: name)
    guard elementType != .float32 || dtype.isFloat else {
      throw DataError(
        .unsupported, "\(file.path): \(name)",
        "has type \(dtype.rawValue) where floats are needed; convert it to F32")
    }
    return Shape(dimensions)
  }

  /// The shape that a tensor of `shape` must have to be an operand, which may be the same elements in fewer dimensions.
  private func wantedShape(_ name: String, _ shape: Shape, _ operand: Operand) -> Shape {
    switch command.tensors.first(where: { $0.name == name })?.form {
    case .like(let other):
      return shapes[other] ?? shape
    case .layout, .any:
      let isReshaped = shape.dimensions.count != operand.shape.dimensions.count
      return isReshaped && shape.elementCount == operand.shape.elementCount ? shape : operand.shape
    case .operand, nil:
      return operand.shape
    }
  }

  private func int32s(_ name: String, in range: Range<Int>?) throws -> [Int32] {
    let values = try file.tensor(name).int32s(name: "\(file.path): \(name)")
    if let range, let index = values.firstIndex(where: { !range.contains(Int($0)) }) {
      throw failure(
        "\(name) has the value \(values[index]) at \(index); it must be from \(range.lowerBound) to \(range.upperBound - 1)"
      )
    }
    return values
  }

  private func failure(_ message: String) -> CommandFailure {
    CommandFailure("\(file.path): \(command.name): \(message)")
  }

  /// Runs the operations.
  ///
  /// - Returns: the results, by name.
  /// - Throws: ``CommandFailure`` if the operands and results are more than memory has room for, before any is read.
  func run(on backend: any Backend) throws -> [String: Safetensors.Tensor] {
    try requireMemory(on: backend)
    var written: [String: Tensor] = [:]
    for call in calls {
      let inputs = try call.inputs.map { input in
        switch input {
        case .floats(let name, let shape): return try tensor(name, shape, on: backend)
        case .int32s(let values, let shape): return try Tensor(values, shape: shape, on: backend)
        case .values(let values, let shape): return try Tensor(values, shape: shape, on: backend)
        case .written(let name, let shape):
          guard let tensor = written.removeValue(forKey: name) else {
            throw CommandFailure("\(command.name): no earlier operation writes \(name)")
          }
          return try Tensor(tensor.storage, shape: shape)
        }
      }
      for (output, (name, shape)) in zip(try backend.run(call.operation, inputs), call.outputs) {
        written[name] = try Tensor(output.storage, shape: shape)
      }
      let operands = call.operation.operands.filter { $0.access != .write }
      for (operand, updated) in zip(operands, inputs) where operand.access == .update {
        written[operand.name] = updated
      }
      // What was read is no longer needed.
      try backend.finish()
    }
    var results: [String: Safetensors.Tensor] = [:]
    for result in command.results {
      results[result.name] = try written.removeValue(forKey: result.name).map { try Self.fileTensor($0) }
    }
    return results
  }

  /// The tensor of the file on the device, with no copy left on the host.
  private func tensor(_ name: String, _ shape: Shape, on backend: any Backend) throws -> Tensor {
    let tensor = try Tensor(uninitialized: shape, on: backend)
    let byteCount = shape.elementCount * ElementType.float32.byteCount
    if byteCount == 0 { return tensor }
    guard try file.form(of: name).dtype == .f32 else {
      try tensor.write(file.tensor(name).floats(name: "\(file.path): \(name)"))
      return tensor
    }
    let memory = try HostMemory(byteCount: byteCount)
    try memory.withUnsafeMutableBytes { try file.read(name, into: $0) }
    try tensor.storage.write(memory)
    try backend.finish()
    return tensor
  }

  /// Throws if memory has no room for the device's operands, which are the host's too on a CPU, and a copy of the largest.
  private func requireMemory(on backend: any Backend) throws {
    // The reference backend computes in double precision.
    let elementBytes = backend is ReferenceBackend ? 8 : 4
    for call in calls { try call.operation.validate() }
    let sizes = calls.flatMap { $0.operation.operands.map(\.shape.elementCount) }
    let elements = sizes.reduce(0, +)
    let needed = elements * elementBytes + (sizes.max() ?? 0) * ElementType.float32.byteCount
    try FileSystem.requireMemory(needed, for: "\(file.path): \(command.name)")
  }

  private static func fileTensor(_ tensor: Tensor) throws -> Safetensors.Tensor {
    let byteCount = tensor.shape.elementCount * tensor.elementType.byteCount
    var failure: (any Error)?
    // The bytes of little-endian elements are those of the file.
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      do {
        if byteCount > 0 { try tensor.storage.read(into: UnsafeMutableRawBufferPointer(buffer)) }
        count = byteCount
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    let dtype: Safetensors.DType =
      switch tensor.elementType {
      case .float32: .f32
      case .int32: .i32
      }
    return try Safetensors.Tensor(dtype: dtype, shape: tensor.shape.dimensions, bytes: bytes)
  }
}
