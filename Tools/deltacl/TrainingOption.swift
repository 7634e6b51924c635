/// An option of a training as it was given, and as it takes effect.
struct TrainingOption {
  /// The name with its dashes.
  let name: String
  /// The value on the command line; `nil` if the option is not given.
  let given: String?
  /// The value that takes effect, which a resumed training finds in the checkpoint; `nil` for none.
  let value: String?
  /// Whether the option has no value.
  let isFlag: Bool

  /// - Parameter standard: What takes effect if the option is not given.
  init<Value>(_ name: String, _ given: Value?, default standard: Value? = nil) {
    self.name = name
    self.given = given.map { "\($0)" }
    value = (given ?? standard).map { "\($0)" }
    isFlag = false
  }

  init(_ name: String, flag isOn: Bool) {
    self.name = name
    given = isOn ? "on" : nil
    value = given
    isFlag = true
  }

  /// The option as words of a command line; none if it has no value.
  var words: [String] { value.map { isFlag ? [name] : ["\(name)=\($0)"] } ?? [] }
}
