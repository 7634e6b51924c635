import DeltaCLSystem

extension Network {
  /// The networks that have a name.
  package static let entries: [NetworkEntry] = [
    NetworkEntry("lenet", "LeCun et al. 1998") { leNet(classes: $0) },
    NetworkEntry("vgg11-cifar", "Simonyan and Zisserman 2015") { vgg11CIFAR(classes: $0) },
    NetworkEntry("alexnet") { alexNet(classes: $0) },
    NetworkEntry("vgg11") { vgg11(classes: $0) },
    NetworkEntry("vgg11-bn") { vgg11(classes: $0, batchNormalization: true) },
    NetworkEntry("vgg13") { vgg13(classes: $0) },
    NetworkEntry("vgg13-bn") { vgg13(classes: $0, batchNormalization: true) },
    NetworkEntry("vgg16") { vgg16(classes: $0) },
    NetworkEntry("vgg16-bn") { vgg16(classes: $0, batchNormalization: true) },
    NetworkEntry("vgg19") { vgg19(classes: $0) },
    NetworkEntry("vgg19-bn") { vgg19(classes: $0, batchNormalization: true) },
    NetworkEntry("resnet18") { resNet18(classes: $0) },
    NetworkEntry("resnet34") { resNet34(classes: $0) },
    NetworkEntry("resnet50") { resNet50(classes: $0) },
    NetworkEntry("resnet101") { resNet101(classes: $0) },
    NetworkEntry("resnet152") { resNet152(classes: $0) },
    NetworkEntry("wide-resnet50-2") { wideResNet50(classes: $0) },
    NetworkEntry("wide-resnet101-2") { wideResNet101(classes: $0) },
    NetworkEntry("resnext50-32x4d") { resNeXt50(classes: $0) },
    NetworkEntry("resnext101-32x8d") { resNeXt101(classes: $0) },
    NetworkEntry("squeezenet1-0") { squeezeNet1_0(classes: $0) },
    NetworkEntry("squeezenet1-1") { squeezeNet1_1(classes: $0) },
    NetworkEntry("densenet121") { denseNet121(classes: $0) },
    NetworkEntry("mobilenet-v2") { mobileNetV2(classes: $0) },
    NetworkEntry("mobilenet-v3-small") { mobileNetV3Small(classes: $0) },
    NetworkEntry("mobilenet-v3-large") { mobileNetV3Large(classes: $0) },
    NetworkEntry("efficientnet-b0") { efficientNetB0(classes: $0) },
    NetworkEntry("shufflenet-v2-x1-0") { shuffleNetV2(classes: $0) },
  ]

  /// The names that ``named(_:classes:)`` knows.
  public static var names: [String] { entries.map(\.name) }

  /// The networks that are measured, and whose plans are kept in tables: one of each kind.
  package static let benchmarkNames = [
    "lenet", "vgg11-cifar", "alexnet", "vgg16", "resnet18", "resnet50", "mobilenet-v2",
  ]

  /// A network by its name, in which `_` may stand for `-`, as in torchvision's.
  ///
  /// - Throws: ``NetworkError`` (`unknownNetwork`) that lists the known names.
  public static func named(_ name: String, classes: Int) throws(NetworkError) -> Network {
    let wanted = name.lowercased().replacing("_", with: "-")
    guard let entry = entries.first(where: { $0.name == wanted }) else {
      throw NetworkError(
        .unknownNetwork,
        "there is no network named \(Excerpt.quoted(name)); known networks: \(names.joined(separator: ", "))")
    }
    return entry.make(classes)
  }
}
