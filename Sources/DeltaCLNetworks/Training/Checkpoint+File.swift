import DeltaCL
public import DeltaCLData
import Foundation

extension Checkpoint {
  static let format = "deltacl model"
  private static let formatVersion = 1

  /// Writes the file, whole or not at all; equal checkpoints give equal bytes.
  ///
  /// - Throws: `DataError` if it cannot be written.
  public func write(to path: String) throws {
    try safetensors().write(to: path)
  }

  /// The contents of the file.
  ///
  /// - Throws: `DataError` if a tensor does not have as many values as its shape.
  public func safetensors() throws -> Safetensors {
    var file = Safetensors()
    for (name, tensor) in tensors {
      file.tensors[name] = try Safetensors.Tensor(floats: tensor.values, shape: tensor.shape.dimensions)
    }
    file.metadata = [
      "format": Self.format,
      "format_version": "\(Self.formatVersion)",
      "network": networkName,
      "input": "\(inputSize)x\(inputChannels)",
      "classes": String(decoding: try JSONEncoder().encode(classNames), as: UTF8.self),
      "dataset": datasetName,
      "normalization_mean": Self.text(normalization.means),
      "normalization_standard_deviation": Self.text(normalization.standardDeviations),
      "epoch": "\(epoch)",
      "step": "\(step)",
      "layout": """
      images NHWC, pixels from 0 to 1 less the mean over the standard deviation, one for all channels or one for each; \
      convolution weights KRSC [K, R, S, C / groups]; \
      dense weights [Out, In], where the first dense layer's In runs over rows x columns x channels
      """,
    ]
    if let validation {
      file.metadata["validation_split"] = "\(validation.share)"
      file.metadata["validation_seed"] = "\(validation.seed)"
    }
    try training?.write(to: &file)
    return file
  }

  private static func text(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }

  /// The numbers of a text as ``text(_:)`` makes them; `nil` if one is none or not wanted.
  private static func values(_ text: String, where isWanted: (Float) -> Bool) -> [Float]? {
    let texts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = texts.compactMap { Float($0) }.filter { $0.isFinite && isWanted($0) }
    return values.count == texts.count ? values : nil
  }

  /// Reads a file that ``write(to:)`` wrote.
  ///
  /// - Throws: `DataError` if the file cannot be read or is not safetensors; ``TrainingError``: `malformedModel` if its
  ///   metadata is missing or damaged, `notFinite` if a parameter is infinite or NaN.
  public init(contentsOf path: String) throws {
    try self.init(Safetensors(contentsOf: path), path: path)
  }

  /// Takes a model from the contents of a file.
  ///
  /// - Parameters:
  ///   - file: The contents.
  ///   - path: Where they were read, for errors.
  /// - Throws: As ``init(contentsOf:)``.
  public init(_ file: Safetensors, path: String) throws {
    let metadata = Metadata(path: path, texts: file.metadata)
    guard file.metadata["format"] == Self.format else {
      throw TrainingError(
        .malformedModel,
        "\(path): is not a model: its metadata does not say so; name a model.safetensors that train wrote")
    }
    let version = try metadata.value("format_version") { Int($0) }
    guard version == Self.formatVersion else {
      throw TrainingError(
        .malformedModel,
        "\(path): has the model format \(version), and only \(Self.formatVersion) is read: use a newer version")
    }
    let input = try metadata.value("input") { text -> [Int]? in
      let sizes = text.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
      return sizes.count == 3 && sizes.allSatisfy { (1...65_536).contains($0) } ? sizes : nil
    }
    networkName = try metadata.value("network") { $0 }
    inputSize = Extent(input[0], input[1])
    inputChannels = input[2]
    classNames = try metadata.value("classes") {
      let names = try? JSONDecoder().decode([String].self, from: Data($0.utf8))
      return names?.isEmpty == false ? names : nil
    }
    datasetName = try metadata.value("dataset") { $0 }
    let channels = inputChannels
    let means = try metadata.value("normalization_mean") { text in
      Self.values(text) { _ in true }.flatMap { [1, channels].contains($0.count) ? $0 : nil }
    }
    normalization = try Normalization(
      means: means,
      standardDeviations: try metadata.value("normalization_standard_deviation") { text in
        Self.values(text) { $0 > 0 }.flatMap { $0.count == means.count ? $0 : nil }
      })
    if file.metadata["validation_split"] != nil {
      let seed = try metadata.value("validation_seed") { UInt64($0) }
      validation = try metadata.value("validation_split") { text in
        Double(text).flatMap { try? ValidationSplit(share: $0, seed: seed) }
      }
    } else {
      validation = nil
    }
    epoch = try metadata.value("epoch") { Int($0) }
    step = try metadata.value("step") { Int($0) }
    var model = file
    training = try TrainingState(takingFrom: &model, metadata, step: step)
    tensors = try Self.tensors(of: model, path: path)
  }

  /// The float tensors of a safetensors file that was read.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - path: Where it was read, for errors.
  /// - Throws: `DataError` if a tensor does not hold floats; ``TrainingError`` (`notFinite`) if one holds infinity or NaN.
  public static func tensors(
    of file: Safetensors, path: String
  ) throws -> [String: (shape: Shape, values: [Float])] {
    var tensors: [String: (shape: Shape, values: [Float])] = [:]
    for name in file.names {
      tensors[name] = try file.tensors[name].map {
        (Shape($0.shape), try $0.floats(name: "\(path): \(name)"))
      }
    }
    try requireFinite(tensors, path: path)
    return tensors
  }

  /// Throws if a value is infinite or NaN, with the first one by the tensors' names.
  static func requireFinite(
    _ tensors: [String: (shape: Shape, values: [Float])], path: String
  ) throws(TrainingError) {
    let counts = tensors.mapValues { $0.values.count { !$0.isFinite } }.filter { $0.value > 0 }
    guard let name = counts.keys.min(), let tensor = tensors[name],
      let index = tensor.values.firstIndex(where: { !$0.isFinite })
    else { return }
    let others = counts.count == 1 ? "" : "; \(counts.count) tensors hold such values"
    throw TrainingError(
      .notFinite,
      "\(path): the tensor '\(name)' of shape \(tensor.shape) has \(counts[name] ?? 0) values that are not finite, the first "
        + "\(tensor.values[index]) at \(index)\(others): use another file, or train again at a lower learning rate")
  }

  /// The metadata of a file, whose entries can be anything.
  struct Metadata {
    let path: String
    let texts: [String: String]

    func has(_ key: String) -> Bool { texts[key] != nil }

    func value<Value>(_ key: String, _ parse: (String) -> Value?) throws(TrainingError) -> Value {
      guard let text = texts[key] else {
        throw TrainingError(
          .malformedModel, "\(path): the metadata lacks '\(key)': the model is damaged, train it again")
      }
      guard let value = parse(text) else {
        throw TrainingError(
          .malformedModel,
          "\(path): the metadata has an impossible '\(key)', '\(text.prefix(60))': the model is damaged")
      }
      return value
    }
  }
}
