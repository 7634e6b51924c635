import DeltaCL

/// The `--attribute key=value` options of `deltacl op`.
struct OperationAttributes {
  enum Key: String, CaseIterable {
    case stride, padding, dilation, groups, window, activation, slope, epsilon, momentum, probability, seed, layer
    case inputSize = "input-size"
    case kernelSize = "kernel-size"
    case ceilMode = "ceil-mode"
    case countIncludePadding = "count-include-padding"
  }

  private var extents: [Key: Extent] = [:]
  private var flags: [Key: Bool] = [:]
  private(set) var padding: Padding = 0
  private(set) var groups = 1
  private(set) var slope: Float = 0.01
  private var activationName: OperationName?
  private(set) var epsilon: Float = 1e-5
  private(set) var momentum: Float = 0.1
  private(set) var probability: Float = 0.5
  private(set) var seed: UInt64 = 0
  private(set) var layer: UInt32 = 0

  /// What the operation applies to its result; `nil` where it is not given.
  var activation: Activation? { activationName?.activation(slope: slope) }

  var stride: Extent? { extents[.stride] }
  var dilation: Extent { extents[.dilation] ?? 1 }
  var ceilMode: Bool { flags[.ceilMode] ?? false }
  var countIncludePadding: Bool { flags[.countIncludePadding] ?? true }

  /// Parses `key=value` texts.
  ///
  /// - Throws: ``CommandFailure`` for a key that `name` does not take, a value of the wrong form or a missing one: all that can be
  ///   told without the tensors.
  init(_ texts: [String], for name: OperationName) throws(CommandFailure) {
    var seen: Set<Key> = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw CommandFailure("the attribute '\(text)' must have the form key=value") }
      guard let key = Key(rawValue: parts[0]), name.attributes.contains(key) else {
        let known = name.attributes.map(\.rawValue).sorted().joined(separator: ", ")
        throw CommandFailure(
          "\(name.rawValue) has no attribute '\(parts[0])'; it has: \(known.isEmpty ? "none" : known)")
      }
      guard seen.insert(key).inserted else { throw CommandFailure("the attribute '\(parts[0])' is given twice") }
      try set(key, to: parts[1])
    }
    if let missing = name.requiredAttributes.subtracting(seen).min(by: { $0.rawValue < $1.rawValue }) {
      throw CommandFailure(
        "\(name.rawValue) needs --attribute \(missing.rawValue)=\(missing == .kernelSize ? "RxS" : "HxW")")
    }
  }

  /// The value of an attribute that the operation requires.
  func required(_ key: Key) throws(CommandFailure) -> Extent {
    guard let extent = extents[key] else { throw CommandFailure("the attribute '\(key.rawValue)' is missing") }
    return extent
  }

  private mutating func set(_ key: Key, to text: String) throws(CommandFailure) {
    func invalid(_ form: String) -> CommandFailure {
      CommandFailure("the attribute \(key.rawValue) must be \(form), not '\(text)'")
    }
    switch key {
    case .stride, .dilation, .window, .inputSize, .kernelSize:
      guard let values = Self.integers(text, separator: "x"), (1...2).contains(values.count),
        values.allSatisfy({ $0 >= 1 })
      else { throw invalid("a number of at least 1 or two such as 2x1") }
      extents[key] = Extent(values[0], values[values.count - 1])
    case .padding:
      if let values = Self.integers(text, separator: "x"), (1...2).contains(values.count),
        values.allSatisfy({ $0 >= 0 })
      {
        padding = Padding(values[0], values[values.count - 1])
      } else if let values = Self.integers(text, separator: ","), values.count == 4, values.allSatisfy({ $0 >= 0 }) {
        padding = Padding(top: values[0], left: values[1], bottom: values[2], right: values[3])
      } else {
        throw invalid("a number of at least 0, two such as 1x2, or four as top,left,bottom,right")
      }
    case .groups:
      guard let value = Int(text), value >= 1 else { throw invalid("a number of at least 1") }
      groups = value
    case .epsilon:
      guard let value = Float(text), value.isFinite, value > 0 else { throw invalid("a number above 0") }
      epsilon = value
    case .momentum:
      guard let value = Float(text), (0...1).contains(value) else { throw invalid("a number from 0 to 1") }
      momentum = value
    case .probability:
      guard let value = Float(text), (0...1).contains(value) else { throw invalid("a number from 0 to 1") }
      probability = value
    case .seed:
      guard let value = UInt64(text) else { throw invalid("a number of at most 64 bits") }
      seed = value
    case .layer:
      guard let value = UInt32(text) else { throw invalid("a number of at most 32 bits") }
      layer = value
    case .activation:
      guard let name = OperationName(rawValue: text), OperationName.activations.contains(name) else {
        throw invalid("one of \(OperationName.activations.map(\.rawValue).joined(separator: ", "))")
      }
      activationName = name
    case .slope:
      guard let value = Float(text), value.isFinite, value >= 0 else { throw invalid("a number of at least 0") }
      slope = value
    case .ceilMode, .countIncludePadding:
      guard let value = Bool(text) else { throw invalid("true or false") }
      flags[key] = value
    }
  }

  /// The integers between separators; `nil` where a part is none.
  private static func integers(_ text: String, separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }
    return values.count == parts.count ? values : nil
  }
}
