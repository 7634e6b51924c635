/// Images of another size, whose pixels are interpolated between those of x.
///
/// A pixel beyond the image is the one at its border.
public struct Resize: Hashable, Sendable {
  /// What a pixel is made of.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// The pixel at its place, rounded down with ``Coordinates/asymmetric`` coordinates, else to the nearest one and halves down.
    case nearest
    /// The two nearest pixels along each axis.
    case bilinear
    /// The four nearest along each axis, by cubic convolution with a = -0.75.
    case bicubic
  }

  /// Where a pixel's place in x is.
  public enum Coordinates: String, Hashable, Sendable, CaseIterable {
    /// `(p + 0.5) * inputs / outputs - 0.5`: the images' edges lie on each other.
    case halfPixel = "half-pixel"
    /// `p * (inputs - 1) / (outputs - 1)`: the middles of their corner pixels do.
    case alignCorners = "align-corners"
    /// `p * inputs / outputs`: the upper left edges of their pixels do.
    case asymmetric
  }

  /// The number of images N; may be 0.
  public let batch: Int
  /// Rows and columns of x.
  public let inputSize: Extent
  /// Rows and columns of y.
  public let outputSize: Extent
  /// The number of channels C.
  public let channels: Int
  /// What a pixel is made of.
  public let mode: Mode
  /// Where a pixel's place in x is.
  public let coordinates: Coordinates

  /// The most rows or columns, so that four times their number fits into 32 bits.
  private static let limit = 1 << 28

  /// Creates a descriptor; `batch` may be 0.
  ///
  /// - Throws: ``DeltaCLError`` if a size is out of range.
  public init(
    batch: Int, inputSize: Extent, outputSize: Extent, channels: Int, mode: Mode = .bilinear,
    coordinates: Coordinates = .halfPixel
  ) throws(DeltaCLError) {
    self.batch = batch
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.channels = channels
    self.mode = mode
    self.coordinates = coordinates
    for size in [inputSize, outputSize] {
      guard (1...Self.limit).contains(size.rows), (1...Self.limit).contains(size.columns) else {
        throw DeltaCLError(
          .invalidDescriptor, "resize: the size \(size) must have from 1 to \(Self.limit) rows and columns")
      }
    }
    guard channels >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "resize: channels \(channels) must be at least 1")
    }
    try inputShape.validate("resize input")
    try outputShape.validate("resize output")
  }

  /// `[N, H, W, C]`, of x and its delta.
  public var inputShape: Shape { [batch, inputSize.rows, inputSize.columns, channels] }
  /// `[N, P, Q, C]`, of y and its delta.
  public var outputShape: Shape { [batch, outputSize.rows, outputSize.columns, channels] }

  /// The places along an axis.
  var axes: (rows: ResizeAxis, columns: ResizeAxis) {
    (
      ResizeAxis(inputs: inputSize.rows, outputs: outputSize.rows, mode, coordinates),
      ResizeAxis(inputs: inputSize.columns, outputs: outputSize.columns, mode, coordinates)
    )
  }

  fileprivate func launch(_ kernel: String, _ tensors: KernelArguments, pixels: Int, on planner: Planner) -> LaunchList
  {
    if pixels == 0 { return LaunchList() }
    let (rows, columns) = axes
    let (shared, items) = planner.shareRows(pixels, of: channels)
    let geometry: KernelArguments = [
      "H": .int(inputSize.rows), "W": .int(inputSize.columns), "C": .int(channels), "P": .int(outputSize.rows),
      "Q": .int(outputSize.columns), "rowScale": .int(rows.scale), "rowOffset": .int(rows.offset),
      "rowDivisor": .int(rows.divisor), "columnScale": .int(columns.scale), "columnOffset": .int(columns.offset),
      "columnDivisor": .int(columns.divisor),
    ]
    return LaunchList(
      Launch(
        kernel, in: "resize/resize", constants: ["V": planner.vectorWidth(within: channels), "TAPS": mode.taps],
        tensors + geometry + shared, globalSize: [items]))
  }
}

extension Resize.Mode {
  /// The neighbours along an axis that a pixel is made of.
  var taps: Int {
    switch self {
    case .nearest: 1
    case .bilinear: 2
    case .bicubic: 4
    }
  }
}

extension Resize: Operation {
  var name: String { "resize" }
  var operands: [Operand] { [.read("x", inputShape), .write("y", outputShape)] }
  var floatingPointOperations: Int { mode == .nearest ? 0 : 2 * mode.taps * mode.taps * outputShape.elementCount }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.resize(self, x: f[0].span, y: f[1].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    launch("resize", ["x": .operand(0), "y": .operand(1)], pixels: batch * outputSize.area, on: planner)
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.resizeDelta(self), [dy], to: 0)
  }

  static let command = OperationCommand(
    "resize", attributes: [.outputSize, .resizeMode, .coordinates], tensors: [.tensor("x", "[N, H, W, C]")],
    results: ["y"]
  ) { arguments in
    let x = try arguments.shape("x")
    return [
      .resize(
        try Resize(batch: x.outermost, from: x.imageSize, to: arguments.required(.outputSize), x.innermost, arguments))
    ]
  }

  fileprivate init(
    batch: Int, from inputSize: Extent, to outputSize: Extent, _ channels: Int, _ arguments: OperationArguments
  ) throws(DeltaCLError) {
    try self.init(
      batch: batch, inputSize: inputSize, outputSize: outputSize, channels: channels,
      mode: Mode(rawValue: arguments.required(.resizeMode)) ?? .bilinear,
      coordinates: Coordinates(rawValue: arguments.required(.coordinates)) ?? .halfPixel)
  }
}

extension TensorOperation {
  /// x to y, the images in another size.
  public static func resize(_ resize: Resize) -> Self { Self(resize) }

  /// dy to dx.
  public static func resizeDelta(_ resize: Resize) -> Self { Self(ResizeDelta(resize: resize)) }

  /// The delta of images that were resized.
  public struct ResizeDelta: Operation {
    /// The sizes.
    public let resize: Resize

    var name: String { "resize-delta" }
    var operands: [Operand] { [.read("dy", resize.outputShape), .write("dx", resize.inputShape)] }
    var floatingPointOperations: Int { resize.floatingPointOperations }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.resizeDelta(resize, dy: f[0].span, dx: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      resize.launch(
        "resize_delta", ["dy": .operand(0), "dx": .operand(1)], pixels: resize.batch * resize.inputSize.area,
        on: planner)
    }

    static let command = OperationCommand(
      "resize-delta", attributes: [.inputSize, .resizeMode, .coordinates], tensors: [.tensor("dy", "[N, P, Q, C]")],
      results: ["dx"]
    ) { arguments in
      let dy = try arguments.shape("dy")
      return [
        .resizeDelta(
          try Resize(batch: dy.outermost, from: arguments.inputSize, to: dy.imageSize, dy.innermost, arguments))
      ]
    }
  }
}

extension OperationAttribute {
  fileprivate static let outputSize = extent("output-size", default: "PxQ", isRequired: true)
  fileprivate static let resizeMode = choice("mode", default: "bilinear", Resize.Mode.allCases.map(\.rawValue))
  fileprivate static let coordinates = choice(
    "coordinates", default: "half-pixel", Resize.Coordinates.allCases.map(\.rawValue))
}
