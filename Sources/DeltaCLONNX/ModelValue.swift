import DeltaCLSystem

/// An input or output of a model, as the file declares it.
public struct ModelValue: Hashable, Sendable {
  /// One extent of a shape.
  public enum Extent: Hashable, Sendable, CustomStringConvertible {
    /// A number that the file gives.
    case fixed(Int)
    /// One that the inputs of a run give, the same wherever the name is; empty if it has none.
    case symbolic(String)

    /// The number, or the name.
    public var description: String {
      switch self {
      case .fixed(let extent): "\(extent)"
      case .symbolic(let name): name.isEmpty ? "?" : name
      }
    }
  }

  /// The name.
  public let name: String
  /// The type of the elements in ONNX's words, such as `float` or `int64`.
  public let elementType: String
  /// The extents in ONNX's order, `[N, C, H, W]` of images; `nil` if the file does not say how many there are.
  public let shape: [Extent]?

  /// The shape in brackets.
  public var shapeText: String { shape.map { "[\(Excerpt.list($0))]" } ?? "[...]" }

  init(_ proto: Onnx_ValueInfoProto) throws(ONNXError) {
    name = proto.name
    guard case .tensorType(let type)? = proto.type.value else {
      throw ONNXError(
        .unsupported, "\(Excerpt.quoted(proto.name)) is no tensor; sequences and maps are not computed here")
    }
    elementType = Onnx_TensorProto.DataType(rawValue: Int(type.elemType)).map { "\($0)" } ?? "type \(type.elemType)"
    guard type.hasShape else {
      shape = nil
      return
    }
    var extents: [Extent] = []
    for dimension in type.shape.dim {
      switch dimension.value {
      case .dimValue(let value)?:
        guard value >= 0 else {
          throw ONNXError(.malformed, "\(Excerpt.quoted(proto.name)) has the negative extent \(value)")
        }
        extents.append(.fixed(Int(value)))
      case .dimParam(let name)?: extents.append(.symbolic(name))
      case nil: extents.append(.symbolic(""))
      }
    }
    shape = extents
  }
}
