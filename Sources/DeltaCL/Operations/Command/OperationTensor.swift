/// A tensor that an operation reads in `deltacl op`, under the name that it has in the file.
package struct OperationTensor: Sendable {
  /// What its shape must be.
  package enum Form: Sendable {
    /// That of the operand, whose rank the operation's descriptor is made from: `[N, H, W, C]`.
    case layout(String)
    /// That of the operand, which follows from other tensors.
    case operand
    /// Any: the operand is the same elements in fewer dimensions.
    case any
    /// That of another tensor.
    case like(String)
  }

  /// The name in the file.
  package let name: String
  /// What its shape must be.
  package let form: Form
  /// Whether the operation can run without it.
  package let isOptional: Bool
  /// The type of its elements on the device; a file may hold other floats.
  package let elementType: ElementType

  private init(
    _ name: String, _ form: Form, _ elementType: ElementType = .float32, isOptional: Bool = false
  ) {
    self.name = name
    self.form = form
    self.isOptional = isOptional
    self.elementType = elementType
  }

  /// A tensor of a layout such as `[N, H, W, C]`.
  static func tensor(_ name: String, _ layout: String) -> Self { Self(name, .layout(layout)) }
  /// A tensor whose shape follows from others.
  static func tensor(_ name: String, _ elementType: ElementType = .float32) -> Self {
    Self(name, .operand, elementType)
  }
  /// A tensor of any shape.
  static func anyShape(_ name: String, _ elementType: ElementType = .float32) -> Self { Self(name, .any, elementType) }
  /// A tensor of the shape of another one.
  static func tensor(_ name: String, like other: String) -> Self { Self(name, .like(other)) }
  /// A tensor that need not be there, whose shape follows from others.
  static func optional(_ name: String) -> Self { Self(name, .operand, isOptional: true) }
  /// A tensor that need not be there, of the shape of another one.
  static func optional(_ name: String, like other: String) -> Self { Self(name, .like(other), isOptional: true) }

  /// A tensor of any shape that need not be there.
  static func optionalAnyShape(_ name: String) -> Self { Self(name, .any, isOptional: true) }

  /// What the epilogue of a delta reads.
  static let activated = optional("activated")

  /// The number of dimensions; `nil` for any number.
  package var rank: Int? {
    if case .layout(let layout) = form { layout.split(separator: ",").count } else { nil }
  }

  /// Such as `w [K, R, S, C / groups]` and `b?`.
  package var usage: String {
    if case .layout(let layout) = form { return "\(name) \(layout)" }
    return isOptional ? "\(name)?" : name
  }
}
