extension TensorOperation {
  /// x `[rows, channels]`, s `[channels]` to y, each channel times a number of its own. It is its own delta: dy, s to dx.
  public static func multiplyChannels(rows: Int, channels: Int) -> Self {
    Self(MultiplyChannels(rows: rows, channels: channels))
  }

  /// x, dy `[rows, channels]` to ds `[channels]`, the sums of the columns of their product.
  public static func multiplyChannelsGradient(rows: Int, channels: Int) -> Self {
    Self(MultiplyChannelsGradient(rows: rows, channels: channels))
  }

  /// The product of each channel with a number of its own, `y[r, c] = x[r, c] * s[c]`. It is its own delta: `dx[r, c] = dy[r, c] * s[c]`.
  public struct MultiplyChannels: Operation {
    /// All extents but the last.
    public let rows: Int
    /// The number of channels.
    public let channels: Int

    var name: String { "multiply-channels" }
    var acceptsEpilogue: Bool { true }
    var inPlaceOperands: [Int] { [0] }

    var operands: [Operand] {
      [.read("x", [rows, channels]), .read("s", [channels]), .write("y", [rows, channels])]
    }

    func validate() throws(DeltaCLError) { try validateChannels(channels) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.multiplyChannels(rows: rows, channels: channels, x: f[0].span, s: f[1].span, y: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      let group = min(channels, planner.channelsPerItem)
      let rowsPerItem = max(1, planner.elementsPerItem / group)
      return LaunchList(
        Launch(
          "multiply_channels", in: "elementwise/multiply-channels",
          constants: ["V": planner.vectorWidth(within: group)],
          [
            "x": .operand(0), "s": .operand(1), "y": .operand(2), "rows": .int(rows), "C": .int(channels),
            "group": .int(group), "rowsPerItem": .int(rowsPerItem),
          ], globalSize: [ceilingDivision(channels, group), ceilingDivision(rows, rowsPerItem)], epilogue: epilogue))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.multiplyChannelsGradient(rows: rows, channels: channels), [scope.operand(0), dy], to: 1)
      try scope.contribute(.multiplyChannels(rows: rows, channels: channels), [dy, scope.operand(1)], to: 0)
    }

    static let command = OperationCommand(
      "multiply-channels", attributes: OperationAttribute.epilogue, tensors: [.anyShape("x"), .tensor("s")],
      results: [OperationResult("y", like: "x")]
    ) { arguments in
      let (rows, channels) = try arguments.rowsAndChannels(of: "x")
      return [.multiplyChannels(rows: rows, channels: channels)]
    }

    static let deltaCommand = OperationCommand(
      "multiply-channels-delta", attributes: OperationAttribute.epilogue,
      tensors: [.anyShape("dy"), .tensor("s"), .optional("activated", like: "dy")],
      results: [OperationResult("dx", like: "dy")], names: ["x": "dy", "y": "dx"]
    ) { arguments in
      let (rows, channels) = try arguments.rowsAndChannels(of: "dy")
      return [.multiplyChannels(rows: rows, channels: channels)]
    }
  }

  /// The gradient of the numbers, `ds[c]`, the sum of `dy[r, c] * x[r, c]` over all rows.
  public struct MultiplyChannelsGradient: Operation {
    /// All extents but the last.
    public let rows: Int
    /// The number of channels.
    public let channels: Int

    /// The work-items that share the sums on a device whose items are long loops, and on others.
    private static let items = (few: 128, many: 4096)

    var name: String { "multiply-channels-gradient" }
    var floatingPointOperations: Int { 2 * rows * channels }

    var operands: [Operand] {
      [.read("x", [rows, channels]), .read("dy", [rows, channels]), .write("ds", [channels])]
    }

    func validate() throws(DeltaCLError) { try validateChannels(channels) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.multiplyChannelsGradient(
        rows: rows, channels: channels, x: f[0].span, dy: f[1].span, ds: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      let width = planner.vectorWidth(within: channels)
      let blocks = ceilingDivision(channels, width)
      let items = planner.itemsTakeAllChannels ? Self.items.few : Self.items.many
      let splits = max(1, min(rows, ceilingDivision(items, blocks)))
      let partial = try list.scratch(.float32, splits * channels, for: "partial gradients")
      list.append(
        Launch(
          "multiply_channels_gradient", in: "elementwise/multiply-channels", constants: ["V": width],
          [
            "x": .operand(0), "dy": .operand(1), "partial": partial, "rows": .int(rows), "C": .int(channels),
            "splits": .int(splits), "part": .int(SumParts.longestChain(of: rows)),
          ], globalSize: [blocks, splits]))
      list.append(
        Launch(
          "multiply_channels_gradient_sum", in: "elementwise/multiply-channels", constants: ["V": width],
          ["partial": partial, "ds": .operand(2), "C": .int(channels), "splits": .int(splits)], globalSize: [blocks]))
      return list
    }

    static let command = OperationCommand(
      "multiply-channels-gradient", tensors: [.anyShape("x"), .tensor("dy", like: "x")], results: ["ds"]
    ) { arguments in
      let (rows, channels) = try arguments.rowsAndChannels(of: "x")
      return [.multiplyChannelsGradient(rows: rows, channels: channels)]
    }
  }
}

extension Operation {
  /// Throws if there are no channels.
  fileprivate func validateChannels(_ channels: Int) throws(DeltaCLError) {
    guard channels >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "\(name): channels \(channels) must be at least 1")
    }
  }
}
