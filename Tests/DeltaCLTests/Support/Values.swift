import DeltaCL

/// The elements of a tensor on the host.
enum Values: Equatable {
  case float32([Float])
  case int32([Int32])

  /// Values with the given bits.
  init(_ elementType: ElementType, bits: [UInt32]) {
    switch elementType {
    case .float32: self = .float32(bits.map(Float.init(bitPattern:)))
    case .int32: self = .int32(bits.map(Int32.init(bitPattern:)))
    }
  }

  var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .int32: .int32
    }
  }

  var bits: [UInt32] {
    switch self {
    case .float32(let values): values.map(\.bitPattern)
    case .int32(let values): values.map(UInt32.init(bitPattern:))
    }
  }

  /// Empty for another element type.
  var floats: [Float] {
    if case .float32(let values) = self { values } else { [] }
  }

  /// Empty for another element type.
  var int32s: [Int32] {
    if case .int32(let values) = self { values } else { [] }
  }

  /// The same values without their signs.
  var magnitudes: Values {
    switch self {
    case .float32(let values): .float32(values.map(abs))
    case .int32: self
    }
  }
}
