extension TensorOperation {
  /// x to y, of whose elements each is one number made of those of x along some axes: their sum, their maximum and so on.
  ///
  /// - Parameters:
  ///   - function: What is made of them.
  ///   - shape: The shape of x.
  ///   - axes: The axes that are reduced, of which negative ones count from the innermost, -1; without them all are.
  ///   - keepingAxes: Whether y has the reduced axes with an extent of 1, so that it can be broadcast with x; else it has none.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if an axis does not exist or is named twice, there is nothing to choose a
  ///   greatest or least element from, or the position of one is asked for along axes that are not neighbours.
  public static func reduction(
    _ function: Reduction.Function, shape: Shape, axes: [Int]? = nil, keepingAxes: Bool = false
  ) throws(DeltaCLError) -> Self {
    Self(try Reduction(function, shape: shape, axes: axes, keepingAxes: keepingAxes))
  }

  /// One number made of all elements along some axes.
  public struct Reduction: Operation {
    /// What is made of the elements. NaN goes through, also to the greatest and the least.
    public enum Function: Hashable, Sendable, CaseIterable {
      /// The sum; 0 of nothing.
      case sum
      /// The mean; NaN of nothing.
      case mean
      /// The greatest.
      case maximum
      /// The least.
      case minimum
      /// The product; 1 of nothing.
      case product
      /// The sum of magnitudes.
      case l1
      /// The square root of the sum of squares, which must stay within `float32`.
      case l2
      /// The logarithm of the sum of exponentials, which do not overflow.
      case logSumExp
      /// The position of the first of the greatest, an `int32`: its index along the axes, the innermost counted fastest.
      case argMax
      /// The position of the first of the least, an `int32`.
      case argMin

      /// Whether the result is a position.
      var isPosition: Bool { self == .argMax || self == .argMin }
    }

    /// What is made of the elements.
    public let function: Function
    /// The shape of x.
    public let shape: Shape
    /// The axes that are reduced, in ascending order.
    public let axes: [Int]
    /// Whether y has the reduced axes with an extent of 1.
    public let keepsAxes: Bool

    init(_ function: Function, shape: Shape, axes: [Int]?, keepingAxes: Bool) throws(DeltaCLError) {
      let rank = shape.dimensions.count
      let named = axes ?? Array(0..<rank)
      for axis in named where !(-rank..<rank).contains(axis) {
        throw DeltaCLError(.invalidDescriptor, "\(function.name): there is no axis \(axis) of the shape \(shape)")
      }
      self.function = function
      self.shape = shape
      self.axes = named.map { $0 < 0 ? $0 + rank : $0 }.sorted()
      keepsAxes = keepingAxes
      for (axis, next) in zip(self.axes, self.axes.dropFirst()) where axis == next {
        throw DeltaCLError(.invalidDescriptor, "\(function.name): axis \(axis) is named twice")
      }
      try shape.validate("\(function.name): x")
      try resultShape.validate("\(function.name): y")
      if [.maximum, .minimum, .argMax, .argMin].contains(function), terms == 0, resultShape.elementCount > 0 {
        throw DeltaCLError(
          .invalidDescriptor, "\(function.name): there is no element along axes \(self.axes) of \(shape)")
      }
      if function.isPosition, ReductionForm(self).groups.count(where: \.isReduced) > 1 {
        throw DeltaCLError(
          .invalidDescriptor,
          "\(function.name): axes \(self.axes) of \(shape) are not neighbours, and have no common position")
      }
    }

    /// The elements that one result is made of.
    var terms: Int { Shape(axes.map { shape.dimensions[$0] }).elementCount }

    /// The shape of y if the axes are kept.
    var keptShape: Shape {
      Shape(shape.dimensions.enumerated().map { axes.contains($0) ? 1 : $1 })
    }

    private var resultShape: Shape {
      keepsAxes ? keptShape : Shape(shape.dimensions.enumerated().filter { !axes.contains($0.offset) }.map(\.element))
    }

    var name: String { function.name }
    var floatingPointOperations: Int { function.isPosition ? 0 : shape.elementCount }

    var operands: [Operand] {
      [.read("x", shape), .write("y", resultShape, function.isPosition ? .int32 : .float32)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      if function.isPosition {
        Reference.argument(self, x: f[0].span, y: i[1].mutableSpan)
      } else {
        Reference.reduction(self, x: f[0].span, y: f[1].mutableSpan)
      }
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      if resultShape.elementCount == 0 { return LaunchList() }
      return function.isPosition ? try planner.arguments(self) : try planner.reduction(self)
    }
  }
}

extension TensorOperation.Reduction.Function {
  /// The name in the command line, in errors and in profiles.
  var name: String {
    switch self {
    case .sum: "reduce-sum"
    case .mean: "reduce-mean"
    case .maximum: "reduce-max"
    case .minimum: "reduce-min"
    case .product: "reduce-product"
    case .l1: "reduce-l1"
    case .l2: "reduce-l2"
    case .logSumExp: "reduce-log-sum-exp"
    case .argMax: "arg-max"
    case .argMin: "arg-min"
    }
  }
}

extension TensorOperation.Reduction {
  /// A command for each function.
  static let commands = Function.allCases.map { function in
    OperationCommand(
      function.name, attributes: [.axes, .keepAxes], tensors: [.anyShape("x")], results: ["y"]
    ) { arguments in
      [
        try .reduction(
          function, shape: arguments.shape("x"), axes: arguments.axes, keepingAxes: arguments.keepAxes)
      ]
    }
  }
}
