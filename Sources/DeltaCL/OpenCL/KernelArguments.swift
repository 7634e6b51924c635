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

  static func + (a: KernelArguments, b: KernelArguments) -> KernelArguments {
    var sum = a
    sum.names += b.names
    sum.values += b.values
    return sum
  }
}
