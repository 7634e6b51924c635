import DeltaCL
import DeltaCLData
import OpenCL

/// What `deltacl op` has to run: operations on the tensors of a file.
struct OperationRequest {
  /// One operation with the file's tensors that it reads and the names and shapes of those it writes.
  struct Call {
    let operation: TensorOperation
    let inputs: [Input]
    let outputs: [(name: String, shape: Shape)]
  }

  enum Input {
    /// A float tensor of the file, which is read when it is used.
    case floats(String, Shape)
    case int32s([Int32], Shape)
    case values([Float], Shape)
    /// What an earlier call wrote under this name.
    case written(String, Shape)

    var shape: Shape {
      switch self {
      case .floats(_, let shape), .int32s(_, let shape), .values(_, let shape), .written(_, let shape): shape
      }
    }
  }

  private(set) var calls: [Call]
  private let name: OperationName
  private let file: SafetensorsFile

  /// Finds the tensors that the operation `name` takes in `file`; others in it are ignored.
  ///
  /// - Throws: `DataError`, `DeltaCLError` or ``CommandFailure`` where a tensor is missing or does not fit.
  init(_ name: OperationName, _ attributes: OperationAttributes, file: SafetensorsFile) throws {
    self.name = name
    self.file = file
    let reader = Reader(name: name, file: file)
    switch name {
    case .convolution, .convolutionDelta, .convolutionGradient:
      calls = try Self.convolution(name, attributes, reader)
    case .maxPooling, .maxPoolingDelta, .averagePooling, .averagePoolingDelta, .globalAveragePooling,
      .globalAveragePoolingDelta:
      calls = try Self.pooling(name, attributes, reader)
    case .dense, .denseDelta, .denseGradient:
      calls = try Self.dense(name, reader)
    case .batchNormalization, .batchNormalizationDelta, .batchNormalizationInference:
      calls = try Self.batchNormalization(name, attributes, reader)
    case .dropout, .dropoutDelta:
      let x = try reader.floats(name == .dropout ? "x" : "dy")
      let step = try reader.int32s("step", shape: [1])
      let dropout = try Dropout(
        count: x.shape.elementCount, probability: attributes.probability, seed: attributes.seed,
        layer: attributes.layer)
      calls = [
        Call(
          operation: .dropout(dropout), inputs: [x, step], outputs: [(name == .dropout ? "y" : "dx", x.shape)])
      ]
    case .relu, .relu6, .leakyRelu, .sigmoid, .tanh:
      let x = try reader.floats("x")
      let function = name.activation(slope: attributes.slope)
      let operation = TensorOperation.activation(function, count: x.shape.elementCount)
      calls = [Call(operation: operation, inputs: [x], outputs: [("y", x.shape)])]
    case .reluDelta, .relu6Delta, .leakyReluDelta, .sigmoidDelta, .tanhDelta:
      let x = try reader.floats("x")
      let dy = try reader.floats("dy", shape: x.shape)
      let (function, count) = (name.activation(slope: attributes.slope), x.shape.elementCount)
      calls = [
        Call(operation: .activation(function, count: count), inputs: [x], outputs: [("y", x.shape)]),
        Call(
          operation: .activationDelta(function, count: count), inputs: [.written("y", x.shape), dy],
          outputs: [("dx", x.shape)]),
      ]
    case .softmaxCrossEntropy:
      let logits = try reader.floats("logits", rank: 2, "[N, classes]")
      let (rows, classes) = (logits.shape.dimensions[0], logits.shape.dimensions[1])
      guard classes >= 1 else { throw reader.failure("logits has no class; it must be at least one") }
      let labels = try reader.int32s("labels", shape: [rows], in: 0..<classes)
      let operation = TensorOperation.softmaxCrossEntropy(rows: rows, classes: classes)
      calls = [
        Call(operation: operation, inputs: [logits, labels], outputs: [("loss", []), ("dlogits", logits.shape)])
      ]
    }
    if let function = attributes.activation { try fuse(function, reader) }
  }

  /// Lets the operation apply an activation to what it writes or, where that is a delta, the activation's delta.
  private mutating func fuse(_ function: Activation, _ reader: Reader) throws {
    guard let call = calls.first, let output = call.outputs.first else { return }
    let operation: TensorOperation
    var inputs = call.inputs
    if let normalization = call.operation.as(BatchNormalizationDelta.self)?.normalization {
      operation = .batchNormalizationDelta(normalization, activation: function)
      inputs.insert(try reader.floats("bias", shape: normalization.channelShape), at: 3)
    } else if output.name == "dx" {
      operation = .fused(call.operation, .activationDelta(function))
      inputs.append(try reader.floats("activated", shape: output.shape))
    } else {
      operation = .fused(call.operation, .activation(function))
    }
    calls[0] = Call(operation: operation, inputs: inputs, outputs: call.outputs)
  }

  /// Runs the operations.
  ///
  /// - Returns: the tensors that they write and no other of them reads, by name.
  /// - Throws: ``CommandFailure`` where the operands and results are more than memory has room for, before any is read.
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
            throw CommandFailure("\(self.name.rawValue): no earlier operation writes \(name)")
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
    for name in written.keys.sorted() {
      results[name] = try written.removeValue(forKey: name).map { try Self.fileTensor($0) }
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

  /// Throws where memory has no room for the device's operands, which are the host's too on a CPU, and a copy of the largest.
  private func requireMemory(on backend: any Backend) throws {
    // The reference backend computes in double precision.
    let elementBytes = backend is ReferenceBackend ? 8 : 4
    for call in calls { try call.operation.validate() }
    let sizes = calls.flatMap { $0.operation.operands.map(\.shape.elementCount) }
    let elements = sizes.reduce(0, +)
    let needed = elements * elementBytes + (sizes.max() ?? 0) * ElementType.float32.byteCount
    try FileSystem.requireMemory(needed, for: "\(file.path): \(name.rawValue)")
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

extension OperationRequest {
  private static func convolution(
    _ name: OperationName, _ attributes: OperationAttributes, _ reader: Reader
  ) throws -> [Call] {
    func descriptor(
      batch: Int, inputSize: Extent, inputChannels: Int, outputChannels: Int, kernelSize: Extent
    ) throws -> Convolution {
      try Convolution(
        batch: batch, inputSize: inputSize, inputChannels: inputChannels, outputChannels: outputChannels,
        kernelSize: kernelSize, stride: attributes.stride ?? 1, padding: attributes.padding,
        dilation: attributes.dilation,
        groups: attributes.groups)
    }
    if name == .convolutionGradient {
      let x = try reader.floats("x", rank: 4, "[N, H, W, C]")
      let dy = try reader.floats("dy", rank: 4, "[N, P, Q, K]")
      let convolution = try descriptor(
        batch: x.batch, inputSize: x.size, inputChannels: x.channels, outputChannels: dy.channels,
        kernelSize: attributes.required(.kernelSize))
      try reader.require(dy, "dy", has: convolution.outputShape)
      let rows = dy.shape.dimensions[0] * dy.shape.dimensions[1] * dy.shape.dimensions[2]
      return [
        Call(
          operation: .convolutionGradient(convolution), inputs: [x, dy], outputs: [("dw", convolution.kernelShape)]),
        Call(
          operation: .biasGradient(rows: rows, channels: dy.channels), inputs: [dy],
          outputs: [("db", convolution.biasShape)]),
      ]
    }

    let w = try reader.floats("w", rank: 4, "[K, R, S, C / groups]")
    let (inputChannels, overflow) = w.channels.multipliedReportingOverflow(by: attributes.groups)
    guard !overflow else { throw reader.failure("\(attributes.groups) groups of \(w.channels) channels are too many") }
    if name == .convolutionDelta {
      let dy = try reader.floats("dy", rank: 4, "[N, P, Q, K]")
      let convolution = try descriptor(
        batch: dy.batch, inputSize: attributes.required(.inputSize), inputChannels: inputChannels,
        outputChannels: w.batch, kernelSize: w.size)
      try reader.require(dy, "dy", has: convolution.outputShape)
      return [
        Call(operation: .convolutionDelta(convolution), inputs: [dy, w], outputs: [("dx", convolution.inputShape)])
      ]
    }
    let x = try reader.floats("x", rank: 4, "[N, H, W, C]")
    guard x.channels == inputChannels else {
      throw reader.failure(
        "x has \(x.channels) channels and w takes \(inputChannels) (\(w.channels) for each of \(attributes.groups) groups)"
      )
    }
    let convolution = try descriptor(
      batch: x.batch, inputSize: x.size, inputChannels: x.channels, outputChannels: w.batch, kernelSize: w.size)
    let b = try reader.has("b") ? reader.floats("b", shape: convolution.biasShape) : nil
    return [
      Call(
        operation: .convolution(convolution, bias: b != nil), inputs: [x, w] + (b.map { [$0] } ?? []),
        outputs: [("y", convolution.outputShape)])
    ]
  }

  private static func pooling(
    _ name: OperationName, _ attributes: OperationAttributes, _ reader: Reader
  ) throws -> [Call] {
    let isDelta = [.maxPoolingDelta, .averagePoolingDelta, .globalAveragePoolingDelta].contains(name)
    let isGlobal = [.globalAveragePooling, .globalAveragePoolingDelta].contains(name)
    let input = try reader.floats(isDelta ? "dy" : "x", rank: 4, isDelta ? "[N, P, Q, C]" : "[N, H, W, C]")
    let inputSize = try isDelta ? attributes.required(.inputSize) : input.size
    let pooling = try Pooling(
      batch: input.batch, inputSize: inputSize, channels: input.channels,
      window: isGlobal ? inputSize : attributes.required(.window), stride: attributes.stride,
      padding: attributes.padding,
      dilation: attributes.dilation, ceilMode: attributes.ceilMode)
    if isDelta { try reader.require(input, "dy", has: pooling.outputShape) }
    switch name {
    case .maxPooling:
      return [
        Call(
          operation: .maxPooling(pooling), inputs: [input],
          outputs: [("y", pooling.outputShape), ("argmax", pooling.outputShape)])
      ]
    case .maxPoolingDelta:
      let cells = pooling.inputSize.rows * pooling.inputSize.columns
      let argmax = try reader.int32s("argmax", shape: pooling.outputShape, in: 0..<cells)
      return [
        Call(operation: .maxPoolingDelta(pooling), inputs: [input, argmax], outputs: [("dx", pooling.inputShape)])
      ]
    case .averagePooling, .globalAveragePooling:
      let average = try AveragePooling(pooling, countsPadding: attributes.countIncludePadding)
      return [Call(operation: .averagePooling(average), inputs: [input], outputs: [("y", pooling.outputShape)])]
    default:
      let average = try AveragePooling(pooling, countsPadding: attributes.countIncludePadding)
      return [Call(operation: .averagePoolingDelta(average), inputs: [input], outputs: [("dx", pooling.inputShape)])]
    }
  }

  private static func batchNormalization(
    _ name: OperationName, _ attributes: OperationAttributes, _ reader: Reader
  ) throws -> [Call] {
    let x = try reader.floats("x")
    guard x.shape.dimensions.count >= 2, let channels = x.shape.dimensions.last, channels >= 1 else {
      throw reader.failure("x has the shape \(x.shape) and must have channels, as in [N, H, W, C] or [N, C]")
    }
    let normalization = try BatchNormalization(
      rows: x.shape.elementCount / channels, channels: channels, epsilon: attributes.epsilon,
      momentum: attributes.momentum)
    func vector(_ tensor: String) throws -> Input { try reader.floats(tensor, shape: [channels]) }
    switch name {
    case .batchNormalization:
      return [
        Call(
          operation: .batchNormalization(normalization),
          inputs: [
            x, try vector("weight"), try vector("bias"), try vector("runningMean"), try vector("runningVariance"),
          ], outputs: [("y", x.shape), ("savedMean", [channels]), ("savedInverseDeviation", [channels])])
      ]
    case .batchNormalizationDelta:
      let dy = try reader.floats("dy", shape: x.shape)
      return [
        Call(
          operation: .batchNormalizationDelta(normalization),
          inputs: [
            x, dy, try vector("weight"), try vector("savedMean"), try vector("savedInverseDeviation"),
            try savedMeanLow(reader, channels: channels),
          ],
          outputs: [("dx", x.shape), ("dweight", [channels]), ("dbias", [channels])])
      ]
    default:
      return [
        Call(
          operation: .batchNormalizationInference(normalization),
          inputs: [
            x, try vector("weight"), try vector("bias"), try vector("runningMean"), try vector("runningVariance"),
          ], outputs: [("y", x.shape)])
      ]
    }
  }

  /// What the mean of each channel has beyond `savedMean`, as far as that is its rounding: computed from x, because the file does not hold it.
  private static func savedMeanLow(_ reader: Reader, channels: Int) throws -> Input {
    let values = try reader.values("x")
    let means = try reader.values("savedMean")
    var sums = [Double](repeating: 0, count: channels)
    for start in stride(from: 0, to: values.count, by: channels) {
      for c in 0..<channels { sums[c] += Double(values[start + c]) }
    }
    let rows = Double(values.count / channels)
    let lows = zip(sums, means).map { sum, mean in
      let low = Float(sum / rows - Double(mean))
      return abs(low) <= 2 * mean.ulp ? low : 0
    }
    return .values(lows, [channels])
  }

  private static func dense(_ name: OperationName, _ reader: Reader) throws -> [Call] {
    if name == .denseGradient {
      let x = try reader.floats("x", rank: 2, "[N, In]")
      let dy = try reader.floats("dy", rank: 2, "[N, Out]")
      let dense = try Dense(batch: x.batch, inputs: x.channels, outputs: dy.channels)
      try reader.require(dy, "dy", has: dense.outputShape)
      return [
        Call(operation: .denseGradient(dense), inputs: [x, dy], outputs: [("dw", dense.kernelShape)]),
        Call(
          operation: .biasGradient(rows: dense.batch, channels: dense.outputs), inputs: [dy],
          outputs: [("db", dense.biasShape)]),
      ]
    }
    let w = try reader.floats("w", rank: 2, "[Out, In]")
    if name == .denseDelta {
      let dy = try reader.floats("dy", rank: 2, "[N, Out]")
      let dense = try Dense(batch: dy.batch, inputs: w.channels, outputs: w.batch)
      try reader.require(dy, "dy", has: dense.outputShape)
      return [Call(operation: .denseDelta(dense), inputs: [dy, w], outputs: [("dx", dense.inputShape)])]
    }
    let x = try reader.floats("x", rank: 2, "[N, In]")
    let dense = try Dense(batch: x.batch, inputs: w.channels, outputs: w.batch)
    try reader.require(x, "x", has: dense.inputShape)
    let b = try reader.has("b") ? reader.floats("b", shape: dense.biasShape) : nil
    return [
      Call(
        operation: .dense(dense, bias: b != nil), inputs: [x, w] + (b.map { [$0] } ?? []),
        outputs: [("y", dense.outputShape)])
    ]
  }
}

extension OperationRequest.Input {
  /// The first extent: images of a batch, or kernels.
  fileprivate var batch: Int { shape.dimensions.first ?? 1 }
  /// The last extent.
  fileprivate var channels: Int { shape.dimensions.last ?? 1 }
  /// Rows and columns of a tensor of rank 4.
  fileprivate var size: Extent { Extent(shape.dimensions[1], shape.dimensions[2]) }
}

extension OperationRequest {
  /// Finds the tensors of one operation and checks them.
  fileprivate struct Reader {
    let name: OperationName
    let file: SafetensorsFile

    func has(_ tensor: String) -> Bool {
      file.has(tensor)
    }

    func floats(_ tensor: String, rank: Int, _ form: String) throws -> Input {
      let input = try floats(tensor)
      guard input.shape.dimensions.count == rank else {
        throw failure("\(tensor) has the shape \(input.shape) and must be \(form)")
      }
      return input
    }

    func floats(_ tensor: String, shape: Shape) throws -> Input {
      let input = try floats(tensor)
      try require(input, tensor, has: shape)
      return input
    }

    func floats(_ tensor: String) throws -> Input {
      let (dtype, dimensions) = try file.form(of: tensor)
      guard dtype.isFloat else {
        throw DataError(
          .unsupported, "\(file.path): \(tensor)",
          "has type \(dtype.rawValue) where floats are needed; convert it to F32")
      }
      return .floats(tensor, Shape(dimensions))
    }

    /// The elements of a float tensor, read at once.
    func values(_ tensor: String) throws -> [Float] {
      try file.tensor(tensor).floats(name: "\(file.path): \(tensor)")
    }

    func int32s(_ tensor: String, shape: Shape, in range: Range<Int>? = nil) throws -> Input {
      // What has the wrong shape is not worth reading.
      try require(.int32s([], Shape(try file.form(of: tensor).shape)), tensor, has: shape)
      let values = try file.tensor(tensor).int32s(name: "\(file.path): \(tensor)")
      let input = Input.int32s(values, shape)
      if let range, let index = values.firstIndex(where: { !range.contains(Int($0)) }) {
        throw failure(
          "\(tensor) has the value \(values[index]) at \(index); it must be from 0 to \(range.upperBound - 1)")
      }
      return input
    }

    func require(_ input: Input, _ tensor: String, has shape: Shape) throws {
      guard input.shape == shape else {
        throw failure("\(tensor) has the shape \(input.shape), where the other tensors and attributes ask for \(shape)")
      }
    }

    func failure(_ message: String) -> CommandFailure {
      CommandFailure("\(file.path): \(name.rawValue): \(message)")
    }
  }
}
