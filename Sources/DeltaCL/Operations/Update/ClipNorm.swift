extension TensorOperation {
  /// scale `[1]`, gradient to clipped `[1]`: the scale, made smaller where the norm of scale * gradient is above `maximum`.
  public static func clipNorm(count: Int, maximum: Float) -> Self { Self(ClipNorm(count: count, maximum: maximum)) }

  /// The factor that brings a gradient's Euclidean norm to at most a maximum, as PyTorch has it:
  /// `scale * min(1, maximum / (norm + 1e-6))`. A NaN in the gradient makes it NaN.
  ///
  /// Razvan Pascanu, Tomas Mikolov and Yoshua Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
  public struct ClipNorm: Operation {
    /// The number of elements.
    public let count: Int
    /// The greatest norm that is left.
    public let maximum: Float

    /// The work-items that share the sum on a device whose items are long loops, and on others.
    private static let items = (few: 64, many: 1024)

    var name: String { "clip-norm" }
    var floatingPointOperations: Int { 2 * count }
    var operands: [Operand] { [.read("scale", [1]), .read("gradient", [count]), .write("clipped", [1])] }

    func validate() throws(DeltaCLError) { try requirePositive([("maximum", maximum)]) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.clipNorm(
        count: count, maximum: Double(maximum), scale: f[0][0], gradient: f[1].span, clipped: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      let items = planner.itemsTakeAllChannels ? Self.items.few : Self.items.many
      let splits = min(items, ceilingDivision(count, planner.elementsPerItem))
      let squares = try list.scratch(.float32, splits, for: "sums of squares")
      let constants = ["V": planner.maximumVectorWidth]
      list.append(
        Launch(
          "gradient_squares", in: "update/clip", constants: constants,
          [
            "gradient": .operand(1), "squares": squares, "count": .int(count), "splits": .int(splits),
            "part": .int(SumParts.longestChain(of: count)),
          ], globalSize: [splits]))
      list.append(
        Launch(
          "clip_norm", in: "update/clip", constants: constants,
          [
            "squares": squares, "scale": .operand(0), "clipped": .operand(2), "splits": .int(splits),
            "maximum": .float(maximum),
          ], globalSize: [1]))
      return list
    }
  }
}
