/// What `deltacl op` was given for an operation: its attributes, and the shapes of the tensors that it reads.
package struct OperationArguments: Sendable {
  private let attributes: [String: any Sendable]
  private let shapes: [String: Shape]

  /// - Parameters:
  ///   - attributes: What ``OperationAttribute/parse`` made of those that were given, by name.
  ///   - shapes: Those of the tensors that there are, by name.
  package init(attributes: [String: any Sendable], shapes: [String: Shape]) {
    self.attributes = attributes
    self.shapes = shapes
  }

  /// The value of an attribute or its default; `nil` if there is neither.
  func value<Value>(_ attribute: OperationAttribute) -> Value? {
    (attributes[attribute.name] ?? attribute.parse(attribute.defaultText)) as? Value
  }

  /// The value of an attribute that must be given or has a default.
  func required<Value>(_ attribute: OperationAttribute) throws(DeltaCLError) -> Value {
    guard let value: Value = value(attribute) else {
      throw DeltaCLError(.invalidArgument, "the attribute '\(attribute.name)' is missing")
    }
    return value
  }

  /// Whether there is a tensor that need not be there.
  func has(_ tensor: String) -> Bool { shapes[tensor] != nil }

  /// The shape of a tensor.
  func shape(_ tensor: String) throws(DeltaCLError) -> Shape {
    guard let shape = shapes[tensor] else {
      throw DeltaCLError(.invalidArgument, "the tensor '\(tensor)' is missing")
    }
    return shape
  }

  /// A tensor of any rank as a matrix whose columns are the channels.
  func rowsAndChannels(of tensor: String) throws(DeltaCLError) -> (rows: Int, channels: Int) {
    let shape = try shape(tensor)
    guard shape.dimensions.count >= 2, shape.innermost >= 1 else {
      throw DeltaCLError(
        .mismatch, "\(tensor) has the shape \(shape) and must have channels, as in [N, H, W, C] or [N, C]")
    }
    return (shape.elementCount / shape.innermost, shape.innermost)
  }
}

extension Shape {
  /// The first extent: images of a batch, kernels or rows.
  var outermost: Int { dimensions.first ?? 1 }
  /// The last extent: channels, inputs or classes.
  var innermost: Int { dimensions.last ?? 1 }
  /// Rows and columns of images or kernels, whose rank is 4.
  var imageSize: Extent { Extent(dimensions[1], dimensions[2]) }
}
