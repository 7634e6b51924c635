extension TensorOperation {
  /// dy `[rows, channels]` to db, the sums of its columns.
  public static func biasGradient(rows: Int, channels: Int) -> Self {
    Self(BiasGradient(rows: rows, channels: channels))
  }

  /// The gradient of a bias.
  public struct BiasGradient: Operation {
    /// The number of rows.
    public let rows: Int
    /// The number of channels.
    public let channels: Int

    var name: String { "bias-gradient" }
    var operands: [Operand] { [.read("dy", [rows, channels]), .write("db", [channels])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.biasGradient(rows: rows, channels: channels, dy: f[0].span, db: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      try planner.biasGradient(rows: rows, channels: channels)
    }
  }
}

extension Convolution {
  /// The gradient of the bias.
  var biasGradient: TensorOperation {
    .biasGradient(rows: batch * outputSize.area, channels: outputChannels)
  }
}

extension Dense {
  /// The gradient of the bias.
  var biasGradient: TensorOperation { .biasGradient(rows: batch, channels: outputs) }
}
