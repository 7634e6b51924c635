import DeltaCLSystem

/// Tensors in several safetensors files, which an index such as `model.safetensors.index.json` names.
final class ShardedSafetensors: TensorFile {
  var format: TensorFileFormat { .safetensors }
  let path: String
  let metadata: [String: String]
  var names: [String] { shards.keys.sorted() }

  private let shards: [String: SafetensorsFile]

  /// The longest index that is read, in bytes.
  private static let lengthLimit = 1 << 24

  /// Reads an index and the headers of the files that it names, which must lie in its folder.
  ///
  /// - Throws: `DataError` when a file is missing or damaged, or lacks a tensor that the index promises.
  init(_ index: InputFile) throws(DataError) {
    path = index.path
    guard index.byteCount <= Self.lengthLimit else {
      throw DataError(.tooLarge, path, "has \(index.byteCount) bytes, too many for an index of safetensors files")
    }
    let map = try Self.weightMap(index.read(whole: 0..<index.byteCount), name: path)
    var files: [String: SafetensorsFile] = [:]
    var shards: [String: SafetensorsFile] = [:]
    for (name, fileName) in map.sorted(by: { $0.key < $1.key }) {
      if files[fileName] == nil { files[fileName] = try Self.open(fileName, beside: path) }
      guard let file = files[fileName] else { continue }
      guard file.has(name) else {
        throw DataError(.mismatch, path, "promises tensor \(Excerpt.quoted(name)) in \(file.path), which lacks it")
      }
      shards[name] = file
    }
    self.shards = shards
    // What all files say.
    let texts = files.values.map(\.metadata)
    metadata = (texts.first ?? [:]).filter { entry in texts.allSatisfy { $0[entry.key] == entry.value } }
  }

  func has(_ name: String) -> Bool { shards[name] != nil }

  func form(of name: String) throws(DataError) -> (dtype: HostTensor.DType, shape: [Int]) {
    try shard(name).form(of: name)
  }

  func tensor(_ name: String) throws(DataError) -> HostTensor {
    try shard(name).tensor(name)
  }

  func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(DataError) {
    try shard(name).read(name, into: destination)
  }

  private func shard(_ name: String) throws(DataError) -> SafetensorsFile {
    guard let shard = shards[name] else { throw Safetensors.missing(name, among: names, source: path) }
    return shard
  }

  private static func open(_ name: String, beside path: String) throws(DataError) -> SafetensorsFile {
    // An index from elsewhere must not lead out of its folder.
    guard NativePath.components(name) == [name], name != ".." else {
      throw DataError(.malformed, path, "names the file \(Excerpt.quoted(name)); its files must lie in its own folder")
    }
    return try SafetensorsFile(contentsOf: "\(NativePath.folder(of: path))/\(name)")
  }

  /// The file of each tensor.
  private static func weightMap(_ bytes: [UInt8], name: String) throws(DataError) -> [String: String] {
    var map: [String: String]?
    do throws(JSONScanner.Failure) {
      var scanner = JSONScanner(bytes[...])
      try scanner.object { (key, scanner) throws(JSONScanner.Failure) in
        guard key == "weight_map", map == nil else { return try scanner.skipValue() }
        var files: [String: String] = [:]
        try scanner.object { (tensor, scanner) throws(JSONScanner.Failure) in
          files[tensor] = try scanner.string()
        }
        map = files
      }
      try scanner.expectEnd()
    } catch {
      throw DataError(
        .malformed, name, "is no index of safetensors files: wrong at byte \(error.offset): \(error.reason)")
    }
    guard let map else {
      throw DataError(.malformed, name, "is no index of safetensors files: it has no 'weight_map'")
    }
    return map
  }
}
