import Foundation

/// A function of two numbers, as a step of an ``ElementwiseExpression``: all that is known of it.
enum BinaryFunction: Hashable, Sendable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case power
  /// NaN if one of both is.
  case minimum
  /// NaN if one of both is.
  case maximum
  case equal
  case notEqual
  case less
  case lessOrEqual

  /// The function at a and b.
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Foundation.pow(a, b)
    case .minimum: b < a || b.isNaN ? b : a
    case .maximum: a < b || b.isNaN ? b : a
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    }
  }

  /// The function in OpenCL C, of variables that are vectors or numbers of the type T.
  func kernelText(_ a: String, _ b: String) -> String {
    func choice(_ condition: String) -> String { "(\(condition)) ? (T)(1.0f) : (T)(0.0f)" }
    return switch self {
    case .add: "\(a) + \(b)"
    case .subtract: "\(a) - \(b)"
    case .multiply: "\(a) * \(b)"
    case .divide: "\(a) / \(b)"
    case .power: "pow(\(a), \(b))"
    case .minimum: "((\(b) < \(a)) | (\(b) != \(b))) ? \(b) : \(a)"
    case .maximum: "((\(a) < \(b)) | (\(b) != \(b))) ? \(b) : \(a)"
    case .equal: choice("\(a) == \(b)")
    case .notEqual: choice("\(a) != \(b)")
    case .less: choice("\(a) < \(b)")
    case .lessOrEqual: choice("\(a) <= \(b)")
    }
  }

  /// The total derivative where the function is y, from those of a and b; `nil` stands for 0.
  ///
  /// Where a minimum or maximum is both operands it is that of the first. That of a power is 0 if the exponent is 0, or for the
  /// exponent the base is 0 and the power finite, as in PyTorch.
  func derivative(
    _ a: ElementwiseExpression, _ b: ElementwiseExpression, _ y: ElementwiseExpression, _ da: ElementwiseExpression?,
    _ db: ElementwiseExpression?
  ) -> ElementwiseExpression? {
    switch self {
    case .add: Self.sum(da, db)
    case .subtract: Self.sum(da, db.map { -$0 })
    case .multiply: Self.sum(da.map { $0 * b }, db.map { a * $0 })
    case .divide: Self.sum(da.map { $0 / b }, db.map { -($0 * y / b) })
    case .power:
      Self.sum(
        da.map { da in Self.choice(.equal(b, 0), nil, da * (b * .power(a, b - 1))) ?? 0 },
        db.map { db in Self.choice(.equal(a, 0) * .lessOrEqual(0, b), nil, db * (y * .log(a))) ?? 0 })
    case .minimum: Self.choice(.less(b, a), db, da)
    case .maximum: Self.choice(.less(a, b), db, da)
    case .equal, .notEqual, .less, .lessOrEqual: nil
    }
  }

  private static func sum(_ a: ElementwiseExpression?, _ b: ElementwiseExpression?) -> ElementwiseExpression? {
    if let a, let b { a + b } else { a ?? b }
  }

  /// The derivative of what is chosen by a condition; `nil` stands for 0.
  static func choice(
    _ condition: ElementwiseExpression, _ a: ElementwiseExpression?, _ b: ElementwiseExpression?
  ) -> ElementwiseExpression? {
    a == nil && b == nil ? nil : .where(condition, a ?? 0, b ?? 0)
  }
}
