import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks

/// The options of `train` that say which images it sees, and in which form.
struct TrainingDataOptions: ParsableArguments {
  private static let standard = ValidationSplit.standard.share

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of each class to set apart and evaluate: of the training images, or of class folders and tables that come in one "
        + "piece (default for these: \(Self.standard)).", valueName: "share"),
    transform: NumberOption.openShare)
  var validationSplit: Double?

  @Option(
    help: ArgumentHelp(
      "What becomes of image files that cannot be read: fail or skip (default: fail).", valueName: "what"))
  var badImages: BadImages?

  @Option(
    help: ArgumentHelp(
      "How training images are varied at random: some of \(Self.names), with commas between them.", valueName: "list"),
    transform: Self.augmentations)
  var augment: Set<Augmentation>?

  @Option(
    help: ArgumentHelp(
      "The size that images are brought to, such as 224x224 (default: that which the network was made for).",
      valueName: "size"),
    transform: NumberOption.imageSize)
  var imageSize: Extent?

  private static let names = Augmentation.allCases.map(\.rawValue).joined(separator: ", ")

  private static func augmentations(_ text: String) throws -> Set<Augmentation> {
    Set(
      try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let augmentation = Augmentation(rawValue: String(name)) else {
          throw ValidationError("there is no augmentation '\(name)'; there are \(names)")
        }
        return augmentation
      })
  }

  func validate() throws {
    if let validationSplit, !(validationSplit > 0 && validationSplit < 1) {
      throw ValidationError("--validation-split must be above 0 and below 1, not \(validationSplit)")
    }
  }

  /// Loads a data set and checks that its images can be read.
  ///
  /// - Parameter seed: What images to test on are chosen by.
  func load(_ name: String, seed: UInt64) throws -> Dataset {
    let validation = try ValidationSplit(share: validationSplit ?? Self.standard, seed: seed)
    let dataset = try Dataset.load(name, validation: validation)
    return try dataset.replacing(
      train: (badImages ?? .fail).check(dataset.train), test: (badImages ?? .fail).check(dataset.test))
  }

  /// The network for images of the size that is asked for.
  func network(_ name: String, classes: Int) throws -> Network {
    let network = try Network.named(name, classes: classes)
    return imageSize.map(network.resized(to:)) ?? network
  }

  /// The options in the order of their help.
  var options: [TrainingOption] {
    [
      TrainingOption("--validation-split", validationSplit),
      TrainingOption("--bad-images", badImages?.rawValue, default: BadImages.fail.rawValue),
      TrainingOption("--augment", augment.map(Self.text)), TrainingOption("--image-size", imageSize),
    ]
  }

  private static func text(_ augmentations: Set<Augmentation>) -> String {
    Augmentation.allCases.filter(augmentations.contains).map(\.rawValue).joined(separator: ",")
  }
}
