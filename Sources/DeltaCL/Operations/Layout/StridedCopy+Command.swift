/// The strided copies that `deltacl op` runs.
extension StridedCopy {
  static let commands = [
    command("transpose", [.axes]) { shape, arguments in
      try transpose(shape, axes: arguments.axes ?? shape.dimensions.indices.reversed())
    },
    command("slice", [.starts, .ends, .steps, .axes]) { shape, arguments in
      try slice(
        shape, starts: arguments.starts, ends: arguments.ends, steps: arguments.steps, axes: arguments.axes)
    },
    command("expand", [.extents]) { shape, arguments in try expand(shape, to: Shape(arguments.extents)) },
    command("tile", [.repeats]) { shape, arguments in try tile(shape, repeats: arguments.repeats) },
    command("depth-to-space", [.block, .order]) { shape, arguments in
      try depthToSpace(shape, block: arguments.block, order: arguments.order)
    },
    command("space-to-depth", [.block, .order]) { shape, arguments in
      try spaceToDepth(shape, block: arguments.block, order: arguments.order)
    },
  ]

  private static func command(
    _ name: String, _ attributes: [OperationAttribute],
    copy: @escaping @Sendable (Shape, OperationArguments) throws -> StridedCopy
  ) -> OperationCommand {
    OperationCommand(name, attributes: attributes, tensors: [.anyShape("x")], results: ["y"]) { arguments in
      [.stridedCopy(try copy(arguments.shape("x"), arguments))]
    }
  }
}

extension OperationAttribute {
  fileprivate static let starts = integers("starts", default: "FIRST,...", isRequired: true)
  fileprivate static let ends = integers("ends", default: "END,...", isRequired: true)
  fileprivate static let steps = integers("steps", default: "1,...")
  fileprivate static let extents = integers("shape", default: "EXTENT,...", isRequired: true)
  fileprivate static let repeats = integers("repeats", default: "COUNT,...", isRequired: true)
  fileprivate static let block = Self.integer("block", default: "SIZE", isRequired: true)
  fileprivate static let order = choice("order", default: "dcr", StridedCopy.BlockOrder.allCases.map(\.rawValue))
}

extension OperationArguments {
  fileprivate var starts: [Int] { get throws(DeltaCLError) { try required(.starts) } }
  fileprivate var ends: [Int] { get throws(DeltaCLError) { try required(.ends) } }
  fileprivate var steps: [Int]? { value(.steps) }
  fileprivate var extents: [Int] { get throws(DeltaCLError) { try required(.extents) } }
  fileprivate var repeats: [Int] { get throws(DeltaCLError) { try required(.repeats) } }
  fileprivate var block: Int { get throws(DeltaCLError) { try required(.block) } }
  fileprivate var order: StridedCopy.BlockOrder {
    get throws(DeltaCLError) { StridedCopy.BlockOrder(rawValue: try required(.order)) ?? .blockOutermost }
  }
}
