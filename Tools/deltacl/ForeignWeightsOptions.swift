import ArgumentParser
import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem

/// What a file of weights that another program wrote does not say.
struct ForeignWeightsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The network that the weights belong to, see `deltacl networks`.", valueName: "name"))
  var network: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What pixels from 0 to 1 are normalised with, as MEAN,DEVIATION (default: 0,1, which leaves them).",
      valueName: "numbers"),
    transform: { text in
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
      guard numbers.count == 2, numbers.allSatisfy(\.isFinite), numbers[1] > 0 else {
        throw ValidationError("it must be a mean and a deviation above 0, such as 0.1307,0.3081")
      }
      return Normalization(mean: numbers[0], standardDeviation: numbers[1])
    })
  var normalization: Normalization?

  func validate() throws {
    guard let network else { return }
    do {
      _ = try Network.named(network, classes: 1)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Reads a model of this command, or makes one of weights of another program.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - layout: The order of axes in it if it does not say it.
  ///   - needsNormalization: Whether it matters what images are normalised with.
  /// - Throws: What is wrong with the file, with its path.
  func checkpoint(_ path: String, layout: WeightLayout?, needsNormalization: Bool = true) throws -> Checkpoint {
    let file = try WeightsFile(contentsOf: path, layout: layout)
    if file.isModel {
      let checkpoint = try Checkpoint(contentsOf: path)
      let isOther = try network.map { try Network.named($0, classes: 1).name != checkpoint.networkName } ?? false
      guard !isOther, normalization == nil else {
        throw CommandFailure(
          "\(path): is a model of \(checkpoint.networkName), which says how images are normalised; leave out --network and "
            + "--normalization")
      }
      return checkpoint
    }
    guard let network else {
      throw CommandFailure(
        "\(path): is not a model: its metadata does not say so; name a model.safetensors that train wrote, or with --network "
          + "the network that these weights belong to")
    }
    let classes = try file.classes(of: Network.named(network, classes: 1))
    let made = try Network.named(network, classes: classes)
    let checkpoint = try Checkpoint(
      made, tensors: file.tensors(of: made), normalization: normalization ?? Normalization.none)
    if normalization == nil, needsNormalization {
      Output.message(
        "\(path.escapedForTerminal) does not say how images are normalised: pixels from 0 to 1 are taken as they are; "
          + "--normalization changes that")
    }
    return checkpoint
  }
}

extension WeightLayout {
  /// The names and what they stand for.
  static let list = "deltacl (kernels [K, R, S, C]) or pytorch (kernels [K, C, R, S]), if the file does not say it"
}
