/// An operation whose plan has free choices: one direction of a convolution. A dense layer is a 1x1 convolution.
struct ConvolutionPass: Hashable, Sendable {
  enum Direction: Hashable, Sendable {
    case forward
    case delta
    case gradient
  }

  let direction: Direction
  let convolution: Convolution
  /// Whether a forward pass adds a bias.
  var hasBias = false
  /// The dense layer that the convolution stands for; `nil` where it is none.
  var dense: Dense?

  /// The bias, or any other operand where there is none, and the result of a forward pass.
  var biasAndResult: (bias: Launch.Argument, result: Launch.Argument) {
    hasBias ? (.operand(2), .operand(3)) : (.operand(1), .operand(2))
  }
}

extension TensorOperation {
  /// The convolution behind the operation; `nil` where its plan has no free choices.
  var convolutionPass: ConvolutionPass? {
    switch self {
    case .convolution(let convolution, let bias):
      ConvolutionPass(direction: .forward, convolution: convolution, hasBias: bias)
    case .convolutionDelta(let convolution): ConvolutionPass(direction: .delta, convolution: convolution)
    case .convolutionGradient(let convolution): ConvolutionPass(direction: .gradient, convolution: convolution)
    case .dense(let dense, let bias): Self.pass(.forward, dense, hasBias: bias)
    case .denseDelta(let dense): Self.pass(.delta, dense)
    case .denseGradient(let dense): Self.pass(.gradient, dense)
    case .fused(let operation, _): operation.convolutionPass
    default: nil
    }
  }

  private static func pass(
    _ direction: ConvolutionPass.Direction, _ dense: Dense, hasBias: Bool = false
  ) -> ConvolutionPass? {
    (try? dense.convolution).map {
      ConvolutionPass(direction: direction, convolution: $0, hasBias: hasBias, dense: dense)
    }
  }

  /// What follows the operation in the same pass over memory.
  var epilogue: Epilogue? {
    if case .fused(_, let epilogue) = self { epilogue } else { nil }
  }

  /// The operation without what follows it in the same pass over memory; both have the same choices.
  public var withoutEpilogue: TensorOperation {
    if case .fused(let operation, _) = self { operation } else { self }
  }

  /// Whether the operation's plan has free choices, see ``PlanChoice``.
  public var hasPlanChoices: Bool { convolutionPass != nil }

  /// The shapes in one word. Of convolutions it is what `deltacl bench layers --shape` takes:
  /// `N,H,W,C,K,R,S,stride,padding,dilation,groups`; of dense layers batch, inputs and outputs; of others all operands.
  public var shapeText: String {
    switch self {
    case .convolution(let convolution, _), .convolutionDelta(let convolution), .convolutionGradient(let convolution):
      return convolution.shapeText
    case .dense(let dense, _), .denseDelta(let dense), .denseGradient(let dense):
      return "\(dense.batch),\(dense.inputs),\(dense.outputs)"
    case .fused(let operation, _): return operation.shapeText
    default:
      return operands.map { "\($0.name)[\($0.shape.dimensions.map(String.init).joined(separator: ","))]" }
        .joined(separator: " ")
    }
  }
}

extension Convolution {
  fileprivate var shapeText: String {
    func text(_ extent: Extent) -> String { extent.rows == extent.columns ? "\(extent.rows)" : "\(extent)" }
    let isSymmetric = padding.top == padding.bottom && padding.left == padding.right
    let paddingText =
      isSymmetric
      ? text(Extent(padding.top, padding.left))
      : "\(padding.top)x\(padding.left)x\(padding.bottom)x\(padding.right)"
    return [
      "\(batch)", "\(inputSize.rows)", "\(inputSize.columns)", "\(inputChannels)", "\(outputChannels)",
      "\(kernelSize.rows)", "\(kernelSize.columns)", text(stride), paddingText, text(dilation), "\(groups)",
    ].joined(separator: ",")
  }
}
