/// An option of a training as it was given, and as it takes effect.
struct TrainingOption {
  /// What a recipe gives an option by.
  enum Kind: String {
    case number = "a number"
    case text = "a text in quotes"
    /// An option without a value.
    case flag = "true or false"
  }

  /// The name with its dashes.
  let name: String
  /// The value on the command line; `nil` if the option is not given.
  let given: String?
  /// The value that takes effect, which a resumed training finds in the checkpoint; `nil` for none.
  let value: String?
  let kind: Kind

  /// - Parameter standard: What takes effect if the option is not given.
  init<Value>(_ name: String, _ given: Value?, default standard: Value? = nil) {
    self.name = name
    self.given = given.map { "\($0)" }
    value = (given ?? standard).map { "\($0)" }
    kind = Value.self is any Numeric.Type ? .number : .text
  }

  init(_ name: String, flag isOn: Bool) {
    self.name = name
    given = isOn ? "on" : nil
    value = given
    kind = .flag
  }

  /// The option as words of a command line; none if it has no value.
  var words: [String] { words(value) }
  /// The same as far as it was given.
  var givenWords: [String] { words(given) }

  /// The option with another value as words of a command line.
  func words(_ value: String?) -> [String] { value.map { kind == .flag ? [name] : ["\(name)=\($0)"] } ?? [] }
}
