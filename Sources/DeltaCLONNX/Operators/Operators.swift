/// The operators of ONNX that are computed here, by name.
enum Operators {
  typealias Lower = @Sendable (Node, inout Lowering) throws -> Void

  static let all: [String: Lower] = [images, elementwise, matrices, layout, shapes].reduce(into: [:]) { all, part in
    all.merge(part) { first, _ in first }
  }
}
