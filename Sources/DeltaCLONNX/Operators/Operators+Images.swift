import DeltaCL
import DeltaCLSystem

/// What works on images `[N, C, H, W]`.
extension Operators {
  static let images: [String: Lower] = [
    "Conv": convolution,
    "BatchNormalization": batchNormalization,
    "MaxPool": { node, lowering in
      guard node.outputs.count == 1 else { throw node.unsupported("the indices of the maxima are not computed here") }
      try pool(node, &lowering) { .maxPooling($0) }
    },
    "AveragePool": { node, lowering in
      let countsPadding = try node.flag("count_include_pad")
      try pool(node, &lowering) { .averagePooling(try AveragePooling($0, countsPadding: countsPadding)) }
    },
    "GlobalAveragePool": { node, lowering in
      try pool(node, &lowering, isGlobal: true) { .averagePooling(try AveragePooling($0)) }
    },
    "GlobalMaxPool": { node, lowering in try pool(node, &lowering, isGlobal: true) { .maxPooling($0) } },
  ]

  private static func convolution(_ node: Node, _ lowering: inout Lowering) throws {
    let x = try lowering.value(node, 0)
    guard let w = try lowering.knownFloats(node, 1, "the weights"), var kernel = w.floats, w.shape.count == 4,
      x.shape.count == 4
    else { throw node.unsupported("the input and the weights must have four axes: 2-D convolutions are computed here") }
    let (count, size) = (w.shape[0], Extent(w.shape[2], w.shape[3]))
    guard count > 0, kernel.count > 0 else { throw node.malformed("the weights are empty") }
    if let given = try node.integers("kernel_shape"), given != [size.rows, size.columns] {
      throw node.malformed("kernel_shape is [\(Excerpt.list(given))], and the weights have \(size)")
    }
    var bias = try lowering.knownFloats(node, 2, "the bias")?.floats
    guard bias.map({ $0.count == count }) ?? true else { throw node.malformed("the bias must have \(count) elements") }
    // Normalisation for inference is a factor and a summand for each channel, which kernels and bias take in.
    var last = node
    let known = lowering
    let isFoldable = { (next: Node) in
      next.outputs.count == 1 && next.inputs.count == 5 && next.inputs[0] == node.outputs[0]
        && next.inputs.dropFirst().allSatisfy(known.isKnown)
    }
    if let next = lowering.absorb("BatchNormalization", after: node, if: isFoldable) {
      let (factors, summands) = try normalization(next, lowering, channels: count)
      let taps = kernel.count / count
      for index in kernel.indices { kernel[index] *= factors[index / taps] }
      let old = bias ?? [Float](repeating: 0, count: count)
      bias = (0..<count).map { old[$0] * factors[$0] + summands[$0] }
      last = next
    }
    let stride = try node.pair("strides", least: 1) ?? (1, 1)
    let dilation = try node.pair("dilations", least: 1) ?? (1, 1)
    let strides = Extent(stride.rows, stride.columns)
    let dilations = Extent(dilation.rows, dilation.columns)
    let descriptor = try Convolution(
      batch: x.shape[0], inputSize: Extent(x.shape[2], x.shape[3]), inputChannels: x.shape[1], outputChannels: count,
      kernelSize: size, stride: strides,
      padding: try padding(node, x.shape, window: size, stride: strides, dilation: dilations), dilation: dilations,
      groups: try node.integer("group") ?? 1)
    guard descriptor.kernelShape.dimensions[3] == w.shape[1] else {
      throw node.malformed(
        "the weights have \(w.shape[1]) channels, and the \(x.shape[1]) of the input in \(descriptor.groups) groups need "
          + "\(descriptor.kernelShape.dimensions[3])")
    }
    var inputs = [try lowering.channelsLast(node, x)]
    inputs.append(try lowering.add(node, Constant(shape: w.shape, floats: kernel).transposed([0, 2, 3, 1])))
    if let bias { inputs.append(try lowering.add(node, Constant(shape: [count], floats: bias))) }
    let y = try lowering.append(node, .convolution(descriptor, bias: bias != nil), inputs)
    let output = descriptor.outputSize
    try lowering.set(last, y, [x.shape[0], count, output.rows, output.columns], .channelsLast)
  }

  /// The factor and the summand of each channel.
  private static func normalization(
    _ node: Node, _ lowering: Lowering, channels: Int
  ) throws -> (factors: [Float], summands: [Float]) {
    let epsilon = try node.float("epsilon", otherwise: 1e-5)
    let statistics = try (1...4).map { index in
      guard let values = try lowering.knownFloats(node, index, "scale, B, mean and var")?.floats,
        values.count == channels
      else { throw node.malformed("scale, B, mean and var must have \(channels) elements") }
      return values
    }
    let factors = (0..<channels).map {
      Float(Double(statistics[0][$0]) / (Double(statistics[3][$0]) + Double(epsilon)).squareRoot())
    }
    return (factors, (0..<channels).map { statistics[1][$0] - statistics[2][$0] * factors[$0] })
  }

  private static func batchNormalization(_ node: Node, _ lowering: inout Lowering) throws {
    guard try !node.flag("training_mode"), node.outputs.count == 1 else {
      throw node.unsupported("only the normalisation of inference is computed here")
    }
    let x = try lowering.value(node, 0)
    guard x.shape.count >= 2 else { throw node.unsupported("the input must have a batch and channels") }
    let (factors, summands) = try normalization(node, lowering, channels: x.shape[1])
    let shape = [x.shape[1]] + [Int](repeating: 1, count: x.shape.count - 2)
    try elementwise(
      node,
      [x, .constant(Constant(shape: shape, floats: factors)), .constant(Constant(shape: shape, floats: summands))],
      &lowering
    ) { $0[0] * $0[1] + $0[2] }
  }

  private static func pool(
    _ node: Node, _ lowering: inout Lowering, isGlobal: Bool = false,
    _ operation: (Pooling) throws -> TensorOperation
  ) throws {
    let x = try lowering.value(node, 0)
    guard x.shape.count == 4 else { throw node.unsupported("the input must be an image [N, C, H, W]") }
    let size = Extent(x.shape[2], x.shape[3])
    let pooling: Pooling
    if isGlobal {
      pooling = try Pooling(batch: x.shape[0], inputSize: size, channels: x.shape[1], window: size)
    } else {
      guard let kernel = try node.pair("kernel_shape", least: 1) else {
        throw node.malformed("kernel_shape is missing")
      }
      let stride = try node.pair("strides", least: 1) ?? (1, 1)
      let dilation = try node.pair("dilations", least: 1) ?? (1, 1)
      let window = Extent(kernel.rows, kernel.columns)
      let strides = Extent(stride.rows, stride.columns)
      let dilations = Extent(dilation.rows, dilation.columns)
      pooling = try Pooling(
        batch: x.shape[0], inputSize: size, channels: x.shape[1], window: window, stride: strides,
        padding: try padding(node, x.shape, window: window, stride: strides, dilation: dilations), dilation: dilations,
        ceilMode: try node.flag("ceil_mode"))
    }
    let y = try lowering.append(node, operation(pooling), lowering.channelsLast(node, x))
    let output = pooling.outputSize
    try lowering.set(node, y, [x.shape[0], x.shape[1], output.rows, output.columns], .channelsLast)
  }

  private static func padding(
    _ node: Node, _ shape: [Int], window: Extent, stride: Extent, dilation: Extent
  ) throws -> Padding {
    let mode = try node.text("auto_pad") ?? "NOTSET"
    switch mode {
    case "NOTSET":
      guard let pads = try node.integers("pads") else { return 0 }
      guard pads.count == 4 else {
        throw node.malformed("attribute pads is [\(Excerpt.list(pads))] and must be four numbers")
      }
      return Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
    case "VALID": return 0
    case "SAME_UPPER", "SAME_LOWER":
      // As many windows as there are steps in the image; an odd cell goes to the end, or with SAME_LOWER to the start.
      func both(_ size: Int, _ window: Int, _ stride: Int, _ dilation: Int) throws -> (Int, Int) {
        let (span, overflow) = (window - 1).multipliedReportingOverflow(by: dilation)
        guard !overflow, size > 0, span <= Shape.maximumElementCount else {
          throw node.malformed("its windows are too large")
        }
        let total = max(0, (size - 1) / stride * stride + span + 1 - size)
        return mode == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
      }
      let (top, bottom) = try both(shape[2], window.rows, stride.rows, dilation.rows)
      let (left, right) = try both(shape[3], window.columns, stride.columns, dilation.columns)
      return Padding(top: top, left: left, bottom: bottom, right: right)
    default:
      throw node.malformed("auto_pad is \(Excerpt.quoted(mode)); it must be NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    }
  }
}
