/// An attribute that an operation takes in `deltacl op`, besides the tensors that it reads.
package struct OperationAttribute: Sendable {
  /// The name, such as `stride`.
  package let name: String
  /// The default, as one would give it, or a word for what takes its place: the form of a value that must be given.
  package let defaultText: String
  /// The kind of its value: `integer`, `integers`, `float`, `boolean`, `string`, `extent` (one or two integers as 2x1) or `padding`.
  package let type: String
  /// What its value must be, as errors say it.
  package let form: String
  /// Whether there is no default.
  package let isRequired: Bool
  /// The value that a text stands for; `nil` if it has another form.
  package let parse: @Sendable (String) -> (any Sendable)?

  private init(
    _ name: String, _ type: String, default defaultText: String, _ form: String, isRequired: Bool = false,
    parse: @escaping @Sendable (String) -> (any Sendable)?
  ) {
    self.name = name
    self.type = type
    self.defaultText = defaultText
    self.form = form
    self.isRequired = isRequired
    self.parse = parse
  }

  /// How help shows it: `name=default`.
  package var usage: String { "\(name)=\(defaultText)" }

  static func extent(_ name: String, default defaultText: String, isRequired: Bool = false) -> Self {
    Self(
      name, "extent", default: defaultText, "a number of at least 1 or two such as 2x1", isRequired: isRequired
    ) { text in
      guard let values = integers(text, separator: "x", atLeast: 1), values.count <= 2 else { return nil }
      return Extent(values[0], values[values.count - 1])
    }
  }

  static func number(
    _ name: String, default defaultText: String, _ form: String, where isValid: @escaping @Sendable (Float) -> Bool
  ) -> Self {
    Self(name, "float", default: defaultText, form) { text in Float(text).flatMap { isValid($0) ? $0 : nil } }
  }

  static func flag(_ name: String, default defaultText: String) -> Self {
    Self(name, "boolean", default: defaultText, "true or false") { Bool($0) }
  }

  /// Integers such as `1,2,-1`, which may be negative.
  static func integers(_ name: String, default defaultText: String, isRequired: Bool = false) -> Self {
    Self(name, "integers", default: defaultText, "integers such as 1,2,-1", isRequired: isRequired) { text in
      integers(text, separator: ",", atLeast: .min)
    }
  }

  /// An integer, which may be negative.
  static func integer(_ name: String, default defaultText: String, isRequired: Bool = false) -> Self {
    Self(name, "integer", default: defaultText, "an integer", isRequired: isRequired) { Int($0) }
  }

  /// One of some words.
  static func choice(_ name: String, default defaultText: String, isRequired: Bool = false, _ words: [String]) -> Self {
    Self(
      name, "string", default: defaultText, "one of \(words.joined(separator: ", "))", isRequired: isRequired
    ) { text in
      words.contains(text) ? text : nil
    }
  }

  /// The integers between separators; `nil` if a part is none or too small.
  private static func integers(_ text: String, separator: Character, atLeast least: Int) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }.filter { $0 >= least }
    return values.count == parts.count ? values : nil
  }
}

extension OperationAttribute {
  static let stride = extent("stride", default: "1")
  static let poolingStride = extent("stride", default: "WINDOW")
  static let dilation = extent("dilation", default: "1")
  static let window = extent("window", default: "HxW", isRequired: true)
  static let inputSize = extent("input-size", default: "HxW", isRequired: true)
  static let kernelSize = extent("kernel-size", default: "RxS", isRequired: true)
  static let ceilMode = flag("ceil-mode", default: "false")
  static let countIncludePadding = flag("count-include-padding", default: "true")
  static let epsilon = number("epsilon", default: "1e-5", "a number above 0") { $0.isFinite && $0 > 0 }
  static let momentum = number("momentum", default: "0.1", "a number from 0 to 1") { (0...1).contains($0) }
  static let probability = number("probability", default: "0.5", "a number from 0 to 1") { (0...1).contains($0) }
  static let labelSmoothing = number("label-smoothing", default: "0", "a number from 0 to 1") { (0...1).contains($0) }
  static let alpha = number("alpha", default: "1", "a number other than 0") { $0.isFinite && $0 != 0 }
  static let minimum = number("minimum", default: "-inf", "a number") { !$0.isNaN }
  static let maximum = number("maximum", default: "inf", "a number") { !$0.isNaN }
  static let approximate = choice("approximate", default: "none", ["none", "tanh"])
  static let keepAxes = flag("keep-axes", default: "false")
  static let axes = integers("axes", default: "ALL")
  static let slope = number("slope", default: "0.01", "a number of at least 0") { $0.isFinite && $0 >= 0 }

  static let padding = Self(
    "padding", "padding", default: "0", "a number of at least 0, two such as 1x2, or four as top,left,bottom,right"
  ) { text in
    if let values = integers(text, separator: "x", atLeast: 0), values.count <= 2 {
      return Padding(values[0], values[values.count - 1])
    }
    guard let values = integers(text, separator: ",", atLeast: 0), values.count == 4 else { return nil }
    return Padding(top: values[0], left: values[1], bottom: values[2], right: values[3])
  }

  static let outputPadding = Self(
    "output-padding", "extent", default: "0", "a number of at least 0 or two such as 0x1"
  ) { text in
    guard let values = integers(text, separator: "x", atLeast: 0), values.count <= 2 else { return nil }
    return Extent(values[0], values[values.count - 1])
  }

  static let groups = Self("groups", "integer", default: "1", "a number of at least 1") { text in
    Int(text).flatMap { $0 >= 1 ? $0 : nil }
  }
  static let seed = Self("seed", "integer", default: "0", "a number of at most 64 bits") { UInt64($0) }
  static let layer = Self("layer", "integer", default: "0", "a number of at most 32 bits") { UInt32($0) }

  static let activation = choice("activation", default: "none", Activation.all().map(\.name))

  /// What is taken by operations that apply an activation, or its delta, to their result.
  static let epilogue = [activation, slope]
}

extension OperationArguments {
  var stride: Extent { get throws(DeltaCLError) { try required(.stride) } }
  var poolingStride: Extent? { value(.poolingStride) }
  var dilation: Extent { get throws(DeltaCLError) { try required(.dilation) } }
  var window: Extent { get throws(DeltaCLError) { try required(.window) } }
  var inputSize: Extent { get throws(DeltaCLError) { try required(.inputSize) } }
  var kernelSize: Extent { get throws(DeltaCLError) { try required(.kernelSize) } }
  var padding: Padding { get throws(DeltaCLError) { try required(.padding) } }
  var groups: Int { get throws(DeltaCLError) { try required(.groups) } }
  var ceilMode: Bool { get throws(DeltaCLError) { try required(.ceilMode) } }
  var countIncludePadding: Bool { get throws(DeltaCLError) { try required(.countIncludePadding) } }
  var epsilon: Float { get throws(DeltaCLError) { try required(.epsilon) } }
  var momentum: Float { get throws(DeltaCLError) { try required(.momentum) } }
  var probability: Float { get throws(DeltaCLError) { try required(.probability) } }
  var labelSmoothing: Float { get throws(DeltaCLError) { try required(.labelSmoothing) } }
  var alpha: Float { get throws(DeltaCLError) { try required(.alpha) } }
  var minimum: Float { get throws(DeltaCLError) { try required(.minimum) } }
  var maximum: Float { get throws(DeltaCLError) { try required(.maximum) } }
  var approximate: String { get throws(DeltaCLError) { try required(.approximate) } }
  var keepAxes: Bool { get throws(DeltaCLError) { try required(.keepAxes) } }
  var axes: [Int]? { value(.axes) }
  var slope: Float { get throws(DeltaCLError) { try required(.slope) } }
  var seed: UInt64 { get throws(DeltaCLError) { try required(.seed) } }
  var layer: UInt32 { get throws(DeltaCLError) { try required(.layer) } }

  var activation: Activation? {
    get throws(DeltaCLError) {
      guard let name: String = value(.activation) else { return nil }
      return Activation.all(slope: try slope).first { $0.name == name }
    }
  }
}
