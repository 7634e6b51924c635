import Foundation

extension Double {
  /// With a fixed number of decimals.
  func text(decimals: Int) -> String {
    String(format: "%.\(decimals)f", self)
  }

  /// Seconds as milliseconds with three or four significant digits.
  var milliseconds: String {
    let value = self * 1000
    return value.text(decimals: value < 10 ? 3 : value < 100 ? 2 : 1)
  }

  /// A share as a percentage.
  var percent: String { "\((self * 100).text(decimals: self < 0.1 ? 1 : 0)) %" }

  /// With two significant digits, as `1.2e-06`.
  var scientific: String { String(format: "%.1e", self) }
}
