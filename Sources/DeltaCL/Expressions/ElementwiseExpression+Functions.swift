extension ElementwiseExpression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A number.
  public init(floatLiteral value: Float) { self = .constant(value) }

  /// A number.
  public init(integerLiteral value: Int) { self = .constant(Float(value)) }
}

/// Arithmetic. What leaves an operand as it is, such as a multiplication by 1, is left out.
extension ElementwiseExpression {
  /// The sum.
  public static func + (a: Self, b: Self) -> Self { .binary(.add, a, b) }

  /// The difference.
  public static func - (a: Self, b: Self) -> Self { .binary(.subtract, a, b) }

  /// The product.
  public static func * (a: Self, b: Self) -> Self {
    a.constant == 1 ? b : b.constant == 1 ? a : .binary(.multiply, a, b)
  }

  /// The quotient.
  public static func / (a: Self, b: Self) -> Self { b.constant == 1 ? a : .binary(.divide, a, b) }

  /// The negative.
  public static prefix func - (x: Self) -> Self { .unary(.negate, x) }

  /// a to the power of b.
  public static func power(_ a: Self, _ b: Self) -> Self { .binary(.power, a, b) }

  /// The lesser of both, or NaN if one of them is.
  public static func minimum(_ a: Self, _ b: Self) -> Self { .binary(.minimum, a, b) }

  /// The greater of both, or NaN if one of them is.
  public static func maximum(_ a: Self, _ b: Self) -> Self { .binary(.maximum, a, b) }

  /// x, or the bound that it is beyond.
  public static func clip(_ x: Self, _ least: Self, _ greatest: Self) -> Self {
    .minimum(.maximum(x, least), greatest)
  }
}

/// Comparisons, whose result is 1 or 0.
extension ElementwiseExpression {
  /// Whether both are equal.
  public static func equal(_ a: Self, _ b: Self) -> Self { .binary(.equal, a, b) }

  /// Whether they differ; a NaN differs from all.
  public static func notEqual(_ a: Self, _ b: Self) -> Self { .binary(.notEqual, a, b) }

  /// Whether a is less than b.
  public static func less(_ a: Self, _ b: Self) -> Self { .binary(.less, a, b) }

  /// Whether a is not greater than b, and none is NaN.
  public static func lessOrEqual(_ a: Self, _ b: Self) -> Self { .binary(.lessOrEqual, a, b) }

  /// Whether a is greater than b.
  public static func greater(_ a: Self, _ b: Self) -> Self { .less(b, a) }

  /// Whether a is not less than b, and none is NaN.
  public static func greaterOrEqual(_ a: Self, _ b: Self) -> Self { .lessOrEqual(b, a) }
}

/// Functions of one number.
extension ElementwiseExpression {
  /// The magnitude; its derivative at 0 is 0.
  public static func abs(_ x: Self) -> Self { .unary(.abs, x) }

  /// The exponential.
  public static func exp(_ x: Self) -> Self { .unary(.exp, x) }

  /// `exp(x) - 1`, precise where x is small.
  public static func expm1(_ x: Self) -> Self { .unary(.expm1, x) }

  /// The natural logarithm.
  public static func log(_ x: Self) -> Self { .unary(.log, x) }

  /// `log(1 + x)`, precise where x is small.
  public static func log1p(_ x: Self) -> Self { .unary(.log1p, x) }

  /// The square root.
  public static func sqrt(_ x: Self) -> Self { .unary(.sqrt, x) }

  /// The reciprocal of the square root.
  public static func rsqrt(_ x: Self) -> Self { .unary(.rsqrt, x) }

  /// The error function.
  public static func erf(_ x: Self) -> Self { .unary(.erf, x) }

  /// `1 - erf(x)`, precise where x is large.
  public static func erfc(_ x: Self) -> Self { .unary(.erfc, x) }

  /// The greatest integer that is not above x.
  public static func floor(_ x: Self) -> Self { .unary(.floor, x) }

  /// The least integer that is not below x.
  public static func ceil(_ x: Self) -> Self { .unary(.ceil, x) }

  /// The nearest integer, and of two that are as near the even one.
  public static func round(_ x: Self) -> Self { .unary(.round, x) }
}
