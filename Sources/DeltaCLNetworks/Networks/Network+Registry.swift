import DeltaCLSystem

extension Network {
  private static let registry: [(name: String, make: @Sendable (_ classes: Int) -> Network)] = [
    ("lenet", { leNet(classes: $0) }),
    ("vgg11-cifar", { vgg11CIFAR(classes: $0) }),
    ("alexnet", { alexNet(classes: $0) }),
    ("vgg16", { vgg16(classes: $0) }),
    ("resnet18", { resNet18(classes: $0) }),
    ("resnet50", { resNet50(classes: $0) }),
    ("mobilenet-v2", { mobileNetV2(classes: $0) }),
  ]

  /// The names that ``named(_:classes:)`` knows.
  public static var names: [String] { registry.map(\.name) }

  /// A network by its name.
  ///
  /// - Throws: ``NetworkError`` (`unknownNetwork`) that lists the known names.
  public static func named(_ name: String, classes: Int) throws(NetworkError) -> Network {
    guard let entry = registry.first(where: { $0.name == name.lowercased() }) else {
      throw NetworkError(
        .unknownNetwork,
        "there is no network named \(Excerpt.quoted(name)); known networks: \(names.joined(separator: ", "))")
    }
    return entry.make(classes)
  }
}
