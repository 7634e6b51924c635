extension TensorOperation {
  /// scale `[1]`; updates gradient = scale * gradient, brought to within `-limit...limit`. NaN stays.
  public static func clipValue(count: Int, limit: Float) -> Self { Self(ClipValue(count: count, limit: limit)) }

  /// The clipping of each element of a gradient.
  public struct ClipValue: Operation {
    /// The number of elements.
    public let count: Int
    /// The greatest magnitude that is left.
    public let limit: Float

    var name: String { "clip-value" }
    var operands: [Operand] { [.read("scale", [1]), .update("gradient", [count])] }

    func validate() throws(DeltaCLError) { try requirePositive([("limit", limit)]) }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.clipValue(count: count, limit: Double(limit), scale: f[0][0], gradient: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        planner.update(
          "clip_value",
          ["scale": .operand(0), "gradient": .operand(1), "count": .int(count), "limit": .float(limit)], count: count))
    }
  }
}
