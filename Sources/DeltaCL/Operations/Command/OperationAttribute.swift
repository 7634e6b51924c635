/// An attribute that an operation takes in `deltacl op`, besides the tensors that it reads.
package struct OperationAttribute: Sendable {
  /// The name, such as `stride`.
  package let name: String
  /// How help shows it: with its default, or with the form of what must be given.
  package let usage: String
  /// What its value must be, as errors say it.
  package let form: String
  /// Whether there is no default.
  package let isRequired: Bool
  /// The value that a text stands for; `nil` where it has another form.
  package let parse: @Sendable (String) -> (any Sendable)?

  private init(
    _ name: String, usage: String, _ form: String, isRequired: Bool = false,
    parse: @escaping @Sendable (String) -> (any Sendable)?
  ) {
    self.name = name
    self.usage = "\(name)=\(usage)"
    self.form = form
    self.isRequired = isRequired
    self.parse = parse
  }

  private static func extent(_ name: String, usage: String, isRequired: Bool = false) -> Self {
    Self(name, usage: usage, "a number of at least 1 or two such as 2x1", isRequired: isRequired) { text in
      guard let values = integers(text, separator: "x", atLeast: 1), values.count <= 2 else { return nil }
      return Extent(values[0], values[values.count - 1])
    }
  }

  private static func number(
    _ name: String, usage: String, _ form: String, where isValid: @escaping @Sendable (Float) -> Bool
  ) -> Self {
    Self(name, usage: usage, form) { text in Float(text).flatMap { isValid($0) ? $0 : nil } }
  }

  private static func flag(_ name: String, usage: String) -> Self {
    Self(name, usage: usage, "true or false") { Bool($0) }
  }

  /// The integers between separators; `nil` where a part is none or too small.
  private static func integers(_ text: String, separator: Character, atLeast least: Int) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }.filter { $0 >= least }
    return values.count == parts.count ? values : nil
  }
}

extension OperationAttribute {
  static let stride = extent("stride", usage: "1")
  static let poolingStride = extent("stride", usage: "WINDOW")
  static let dilation = extent("dilation", usage: "1")
  static let window = extent("window", usage: "HxW", isRequired: true)
  static let inputSize = extent("input-size", usage: "HxW", isRequired: true)
  static let kernelSize = extent("kernel-size", usage: "RxS", isRequired: true)
  static let ceilMode = flag("ceil-mode", usage: "false")
  static let countIncludePadding = flag("count-include-padding", usage: "true")
  static let epsilon = number("epsilon", usage: "1e-5", "a number above 0") { $0.isFinite && $0 > 0 }
  static let momentum = number("momentum", usage: "0.1", "a number from 0 to 1") { (0...1).contains($0) }
  static let probability = number("probability", usage: "0.5", "a number from 0 to 1") { (0...1).contains($0) }
  static let slope = number("slope", usage: "0.01", "a number of at least 0") { $0.isFinite && $0 >= 0 }

  static let padding = Self(
    "padding", usage: "0", "a number of at least 0, two such as 1x2, or four as top,left,bottom,right"
  ) { text in
    if let values = integers(text, separator: "x", atLeast: 0), values.count <= 2 {
      return Padding(values[0], values[values.count - 1])
    }
    guard let values = integers(text, separator: ",", atLeast: 0), values.count == 4 else { return nil }
    return Padding(top: values[0], left: values[1], bottom: values[2], right: values[3])
  }

  static let groups = Self("groups", usage: "1", "a number of at least 1") { text in
    Int(text).flatMap { $0 >= 1 ? $0 : nil }
  }
  static let seed = Self("seed", usage: "0", "a number of at most 64 bits") { UInt64($0) }
  static let layer = Self("layer", usage: "0", "a number of at most 32 bits") { UInt32($0) }

  static let activation = Self(
    "activation", usage: "none", "one of \(Activation.all().map(\.name).joined(separator: ", "))"
  ) { text in Activation.all().contains { $0.name == text } ? text : nil }

  /// What is taken by operations that apply an activation, or its delta, to their result.
  static let epilogue = [activation, slope]
}

extension OperationArguments {
  var stride: Extent? { value(.stride) }
  var dilation: Extent { value(.dilation) ?? 1 }
  var window: Extent { get throws(DeltaCLError) { try required(.window) } }
  var inputSize: Extent { get throws(DeltaCLError) { try required(.inputSize) } }
  var kernelSize: Extent { get throws(DeltaCLError) { try required(.kernelSize) } }
  var padding: Padding { value(.padding) ?? 0 }
  var groups: Int { value(.groups) ?? 1 }
  var ceilMode: Bool { value(.ceilMode) ?? false }
  var countIncludePadding: Bool { value(.countIncludePadding) ?? true }
  var epsilon: Float { value(.epsilon) ?? 1e-5 }
  var momentum: Float { value(.momentum) ?? 0.1 }
  var probability: Float { value(.probability) ?? 0.5 }
  var slope: Float { value(.slope) ?? 0.01 }
  var seed: UInt64 { value(.seed) ?? 0 }
  var layer: UInt32 { value(.layer) ?? 0 }
  var activation: Activation? {
    let name: String? = value(.activation)
    return Activation.all(slope: slope).first { $0.name == name }
  }
}
