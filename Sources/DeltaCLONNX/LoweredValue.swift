import DeltaCLNetworks

/// What a name in a model's graph stands for.
enum LoweredValue {
  case constant(Constant)
  case tensor(LoweredTensor)

  /// The extents in ONNX's order.
  var shape: [Int] {
    switch self {
    case .constant(let constant): constant.shape
    case .tensor(let tensor): tensor.shape
    }
  }
}

/// A tensor of `float32` that is computed on a device.
struct LoweredTensor {
  /// In which order the elements lie.
  enum Layout: Hashable {
    /// As ONNX has them.
    case same
    /// Four axes, of which the channels, ONNX's second, are innermost.
    case channelsLast
    /// Two axes, of which the second runs over rows, columns and channels where ONNX's runs over these channels, rows and columns.
    case flattened([Int])
  }

  /// The elements, seen with their extents in memory.
  let value: GraphValue
  /// The extents in ONNX's order.
  let shape: [Int]
  let layout: Layout
}
