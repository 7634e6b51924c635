import ArgumentParser
import DeltaCL

/// Numbers as options give them. The errors say which texts are numbers; whether the command takes a number is checked with the others.
enum NumberOption {
  /// A number of things.
  static func count(_ text: String) throws -> Int {
    guard let value = Int(text) else {
      throw ValidationError("it must be a whole number from 1 to \(Int.max)")
    }
    return value
  }

  /// A number of things, of which there may be none.
  static func nonnegativeCount(_ text: String) throws -> Int {
    guard let value = Int(text) else {
      throw ValidationError("it must be a whole number from 0 to \(Int.max)")
    }
    return value
  }

  /// What random numbers are drawn from.
  static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text) else {
      throw ValidationError("the seed must be a whole number from 0 to \(UInt64.max)")
    }
    return value
  }

  /// A number above 0.
  static func positive(_ text: String) throws -> Double {
    guard let value = Double(text) else { throw notPositive }
    return value
  }

  /// A number above 0.
  static func positive(_ text: String) throws -> Float {
    guard let value = Float(text) else { throw notPositive }
    return value
  }

  private static let notPositive = ValidationError("it must be a number above 0, such as 0.5 or 1e-3")

  /// A number of at least 0.
  static func nonnegative(_ text: String) throws -> Float {
    guard let value = Float(text) else { throw ValidationError("it must be a number of at least 0, such as 5e-4") }
    return value
  }

  /// A number from 0 to below 1.
  static func share(_ text: String) throws -> Float {
    guard let value = Float(text) else { throw ValidationError("it must be a number from 0 to below 1, such as 0.9") }
    return value
  }

  /// A number above 0 and below 1.
  static func openShare(_ text: String) throws -> Double {
    guard let value = Double(text) else {
      throw ValidationError("it must be a number above 0 and below 1, such as 0.2")
    }
    return value
  }

  /// A number above 0 and at most 1.
  static func shareOrAll(_ text: String) throws -> Double {
    guard let value = Double(text) else {
      throw ValidationError("it must be a number above 0 and at most 1, such as 0.2")
    }
    return value
  }

  /// Rows and columns as `224x192`, or one number for both.
  static func imageSize(_ text: String) throws -> Extent {
    let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(sizes.count), sizes.allSatisfy({ (1...65_536).contains($0) }) else {
      throw ValidationError("it must be rows and columns from 1 to 65536, such as 224x224")
    }
    return Extent(sizes[0], sizes[sizes.count - 1])
  }
}
