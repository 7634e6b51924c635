import DeltaCL

/// An operation as `deltacl op --list --json` prints it.
struct OperationDescription: Encodable {
  struct Tensor: Encodable {
    let name: String
    /// `float32` or `int32`.
    let type: String
    let isOptional: Bool
    /// The axes, as `[N, H, W, C]`; `nil` for a shape that is free or follows from others.
    let layout: String?
  }

  struct Attribute: Encodable {
    let name: String
    let type: String
    /// A value, or a word for what takes its place; `nil` if one must be given.
    let `default`: String?
    /// What a value must be.
    let form: String
  }

  let name: String
  let tensors: [Tensor]
  let attributes: [Attribute]
  /// The names of the tensors that are written.
  let results: [String]

  init(_ command: OperationCommand) {
    name = command.name
    tensors = command.tensors.map { tensor in
      let layout: String? = if case .layout(let layout) = tensor.form { layout } else { nil }
      return Tensor(
        name: tensor.name, type: tensor.elementType.rawValue, isOptional: tensor.isOptional, layout: layout)
    }
    attributes = command.attributes.map {
      Attribute(name: $0.name, type: $0.type, default: $0.isRequired ? nil : $0.defaultText, form: $0.form)
    }
    results = command.results.map(\.name)
  }
}
