/// A network that has a name.
package struct NetworkEntry: Sendable {
  /// The name, such as `lenet`.
  package let name: String
  /// Whose layers and parameter names it has, in a few words.
  package let origin: String
  /// Makes the network.
  package let make: @Sendable (_ classes: Int) -> Network

  init(_ name: String, _ origin: String = "torchvision", _ make: @escaping @Sendable (_ classes: Int) -> Network) {
    self.name = name
    self.origin = origin
    self.make = make
  }
}
