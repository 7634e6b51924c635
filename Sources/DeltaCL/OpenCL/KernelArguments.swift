/// A kernel's arguments by the names of its parameters, in their order.
struct KernelArguments: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private(set) var names: [String]
  private(set) var values: [Launch.Argument]

  init(dictionaryLiteral elements: (String, Launch.Argument)...) {
    names = elements.map(\.0)
    values = elements.map(\.1)
  }

  mutating func append(_ name: String, _ value: Launch.Argument) {
    names.append(name)
    values.append(value)
  }

  /// Other arguments for the same parameters.
  func mapValues(_ transform: (Launch.Argument) -> Launch.Argument) -> KernelArguments {
    var arguments = self
    arguments.values = values.map(transform)
    return arguments
  }

  static func + (a: KernelArguments, b: KernelArguments) -> KernelArguments {
    var sum = a
    sum.names += b.names
    sum.values += b.values
    return sum
  }
}
