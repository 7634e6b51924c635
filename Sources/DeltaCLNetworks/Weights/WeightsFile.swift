public import DeltaCL
public import DeltaCLData
import DeltaCLSystem

/// Weights in a file that this library or another program wrote: safetensors in one file or several, PyTorch's `.pth`, NumPy's `.npz`.
///
/// A file of another program holds kernels and what follows a flattened image in another order. It is known of PyTorch's files, of
/// safetensors whose metadata has the format `pt`, and of models of this library; of others it must be said.
public struct WeightsFile: Sendable {
  /// The file's path.
  public var path: String { file.path }
  /// The order of axes, if it is known.
  public let layout: WeightLayout?
  /// Whether it is a model that this library wrote, see ``Checkpoint``.
  public var isModel: Bool { file.metadata["format"] == Checkpoint.format }

  private let file: any TensorFile

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file, whose format is recognised by what is in it.
  ///   - layout: The order of axes if the file does not say it.
  /// - Throws: `DataError` if the file cannot be read; ``TrainingError`` (`unknownLayout`) if it has another layout than `layout`.
  public init(contentsOf path: String, layout: WeightLayout? = nil) throws {
    file = try TensorFileFormat.open(path)
    let isModel = file.metadata["format"] == Checkpoint.format
    guard !isModel || layout != .pytorch else {
      throw TrainingError(
        .unknownLayout, "\(path): is a model of DeltaCL, whose layout is not PyTorch's; leave out the layout")
    }
    let isPyTorch = file.format == .pytorch || file.metadata["format"] == "pt"
    self.layout = layout ?? (isModel ? .deltacl : isPyTorch ? .pytorch : nil)
  }

  /// All tensors of the file as they are.
  ///
  /// - Throws: `DataError` if the file is damaged or memory has no room.
  public func hostTensors() throws -> [String: HostTensor] { try file.tensors() }

  /// The classes that the last layer in the file tells apart, if it is the last of `network` that it belongs to.
  ///
  /// - Throws: ``NetworkError`` if the file has no such layer.
  public func classes(of network: Network) throws -> Int {
    let names = try names(for: network)
    for head in try network.head() {
      if let name = names[head.name], let classes = try file.form(of: name).shape.first, classes >= 1 { return classes }
    }
    throw NetworkError(
      .mismatchedParameters,
      "\(path): has no \(try network.head().map(\.name).joined(separator: " or ")), the last layer of \(network.name); it has: "
        + Excerpt.list(file.names))
  }

  /// The weights that a network asks for, in this library's layout.
  ///
  /// Counters such as `num_batches_tracked` are left out, and so is what wrappers put in front of names: `module.`, `_orig_mod.`.
  ///
  /// - Parameters:
  ///   - network: Whose parameters and statistics are read.
  ///   - newHead: Whether those of the last layer are left out, because it is to tell other classes apart.
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) that lists what is missing, unknown or of another shape; ``TrainingError``:
  ///   `unknownLayout`, `notFinite`; `DataError` if a tensor is damaged or holds no floats.
  public func tensors(
    of network: Network, newHead: Bool = false
  ) throws -> [String: (shape: Shape, values: [Float])] {
    guard let layout else {
      throw TrainingError(
        .unknownLayout,
        "\(path): does not say how its weights lie: choose the layout pytorch (kernels [K, C, R, S]) or deltacl (kernels [K, R, S, C])"
      )
    }
    let head = newHead ? Set(try network.head().map(\.name)) : []
    let entries = try network.weights().filter { !head.contains($0.name) }
    let names = try names(for: network).filter { !head.contains($0.key) }
    var layouts: [String: PyTorchLayout] = [:]
    if layout == .pytorch {
      for entry in entries { layouts[entry.name] = try network.pyTorchLayout(of: entry) }
    }
    try compare(
      entries.map { ($0.name, layouts[$0.name]?.shape ?? $0.value.shape) },
      with: names.mapValues { Shape(try file.form(of: $0).shape) }, of: network)

    var tensors: [String: (shape: Shape, values: [Float])] = [:]
    for entry in entries {
      guard let name = names[entry.name] else { continue }
      let values = try file.tensor(name).floats(name: "\(path): \(name)")
      tensors[entry.name] = (entry.value.shape, layouts[entry.name]?.fromPyTorch(values) ?? values)
    }
    try Checkpoint.requireFinite(tensors, path: path)
    return tensors
  }

  /// Throws unless names and shapes are those that are wanted.
  private func compare(
    _ wanted: [(name: String, shape: Shape)], with found: [String: Shape], of network: Network
  ) throws {
    let head = Set(try network.head().map(\.name))
    // Where all but the last layer fits, another number of classes is the reason.
    let misfits = wanted.filter { found[$0.name] != $0.shape }.map(\.name)
    let isOtherHead = !misfits.isEmpty && misfits.allSatisfy { head.contains($0) && found[$0] != nil }
    try ParameterDifferences(wanted: wanted, found: found.mapValues { ($0, $0.elementCount) }).check(
      path: path, advice: isOtherHead ? "for other classes start with a new head (train --new-head)" : nil)
  }

  /// The file's name of each tensor, by the name in the network as far as it has one.
  private func names(for network: Network) throws -> [String: String] {
    let known = Set(try network.weights().map(\.name))
    var names: [String: String] = [:]
    for name in file.names where !name.hasSuffix("num_batches_tracked") {
      let plain = known.contains(name) ? name : Self.withoutWrappers(name)
      if let other = names.updateValue(name, forKey: plain) {
        throw NetworkError(
          .mismatchedParameters,
          "\(path): has both \(Excerpt.quoted(other)) and \(Excerpt.quoted(name)), which are the same parameter; leave one out"
        )
      }
    }
    return names
  }

  /// The name without what data parallelism and compilation put into it.
  private static func withoutWrappers(_ name: String) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).filter { $0 != "_orig_mod" }
    while parts.first == "module", parts.count > 1 { parts.removeFirst() }
    return parts.joined(separator: ".")
  }
}
