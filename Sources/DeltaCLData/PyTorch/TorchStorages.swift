import DeltaCLSystem

/// The bytes of a PyTorch file that its tensors are parts of.
struct TorchStorages: Sendable {
  private enum Place: Sendable {
    case member(ZipArchive.Member)
    case range(Range<Int>)
  }

  private let file: InputFile
  /// `nil` for a file of pickles.
  private let archive: ZipArchive?
  private let places: [String: Place]
  /// How many tensors are parts of each.
  private let useCounts: [String: Int]

  /// The longest pickle that is read, in bytes.
  private static let pickleLimit = 1 << 24

  /// The folder in an archive that all of it lies in, with a slash; `nil` if it is not PyTorch's.
  static func folder(of archive: ZipArchive) -> String? {
    let pickles = archive.members.filter { $0.name == pickleName || $0.name.hasSuffix("/\(pickleName)") }
    return pickles.count == 1 ? String(pickles[0].name.dropLast(pickleName.count)) : nil
  }

  private static let pickleName = "data.pkl"

  /// The storages of an archive, and the pickle that describes the tensors.
  static func open(_ archive: ZipArchive) throws(DataError) -> (TorchStorages, Pickle) {
    let path = archive.file.path
    guard let folder = folder(of: archive), let member = archive[folder + pickleName] else {
      throw DataError(.malformed, path, "is a zip archive without a data.pkl of PyTorch's")
    }
    guard member.size <= pickleLimit else {
      throw DataError(
        .tooLarge, path, "has a pickle of \(member.size) bytes; 16 MiB are read: save the state_dict() alone")
    }
    if let order = archive[folder + "byteorder"], order.size <= 16 {
      guard try archive.read(order) == Array("little".utf8) else { throw bigEndian(path) }
    }
    var cursor = ByteCursor(try archive.read(member))
    let pickle = try Pickle(&cursor, name: archive.label(member), allows: TorchStateDictionary.allows)
    var places: [String: Place] = [:]
    let data = folder + "data/"
    for member in archive.members where member.name.hasPrefix(data) {
      places[String(member.name.dropFirst(data.count))] = .member(member)
    }
    return (TorchStorages(file: archive.file, archive: archive, places: places, useCounts: useCounts(pickle)), pickle)
  }

  /// The storages of a file that is a row of pickles, which says at its end where each begins, and the pickle that describes the
  /// tensors.
  ///
  /// The pickles are a magic number, the version 1001, a dictionary about the machine, the object, and the list of the
  /// storages' keys. For each of them a 64-bit count follows with the elements.
  static func open(legacy file: InputFile) throws(DataError) -> (TorchStorages, Pickle) {
    let path = file.path
    let bytes = try file.read(whole: 0..<min(file.byteCount, pickleLimit))
    var cursor = ByteCursor(bytes)
    func next() throws(DataError) -> Pickle {
      try Pickle(&cursor, name: path, allows: TorchStateDictionary.allows)
    }
    // The magic number of torch.serialization.
    let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    guard try next().root == .longInteger(magic) else {
      throw DataError(
        .unsupported, path,
        "is a pickle and not a file of torch.save; save weights by torch.save(model.state_dict(), 'weights.pth')")
    }
    guard try next().root == .integer(1001) else {
      throw DataError(.unsupported, path, "has another version of PyTorch's format than 1001; save it anew")
    }
    let machine = try next()
    if machine.entries(machine.root)?.contains(where: { $0.key == "little_endian" && $0.value == .boolean(false) })
      == true
    {
      throw bigEndian(path)
    }
    let pickle = try next()
    let list = try next()
    guard let keys = list.elements(list.root)?.map(\.string) else {
      throw DataError(.malformed, path, "does not list its storages after the pickle; get the file again")
    }
    let elementSizes = elementSizes(pickle)
    var places: [String: Place] = [:]
    var position = cursor.position
    for key in keys {
      guard let key, let elementSize = elementSizes[key] else {
        throw DataError(
          .unsupported, path, "has a storage \(Excerpt.quoted(key ?? "")) of a type that is not read here")
      }
      var field = ByteCursor(try file.read(whole: position..<position + 8))
      guard let count = field.size(), count <= (file.byteCount - position - 8) / elementSize else {
        throw DataError(
          .truncated, path, "ends before the storage \(Excerpt.quoted(key)), which it announces; get the file again")
      }
      let end = position + 8 + count * elementSize
      places[key] = .range(position + 8..<end)
      position = end
    }
    return (TorchStorages(file: file, archive: nil, places: places, useCounts: useCounts(pickle)), pickle)
  }

  private static func bigEndian(_ path: String) -> DataError {
    DataError(.unsupported, path, "was written on a big-endian machine; load and save it on a little-endian one")
  }

  /// The keys and types of the storages that a pickle refers to.
  private static func references(_ pickle: Pickle) -> [(key: String, type: String)] {
    pickle.objects.indices.compactMap { index in
      guard let reference = pickle.persistent(.object(index)), reference.count >= 3, let type = reference[1].global,
        let key = reference[2].string
      else { return nil }
      return (key, type)
    }
  }

  private static func useCounts(_ pickle: Pickle) -> [String: Int] {
    references(pickle).reduce(into: [:]) { $0[$1.key, default: 0] += 1 }
  }

  /// The bytes of an element of each storage.
  private static func elementSizes(_ pickle: Pickle) -> [String: Int] {
    references(pickle).reduce(into: [:]) { sizes, reference in
      let type = reference.type.replacing("torch.cuda.", with: "torch.")
      let dtype = TorchTensor.dtypes[type]
      sizes[reference.key] = dtype.map { $0.bitWidth / 8 } ?? (type == "torch.storage.UntypedStorage" ? 1 : nil)
    }
  }

  /// The bytes of a tensor's storage.
  ///
  /// - Throws: `DataError` if there is none, or of another size than the tensor says.
  func byteCount(of tensor: TorchTensor, label: String) throws(DataError) -> Int {
    let byteCount =
      switch places[tensor.storage] {
      case .member(let member)?: member.size
      case .range(let range)?: range.count
      // PyTorch writes none for storages of nothing.
      case nil where tensor.storageCount == 0: 0
      case nil:
        throw DataError(
          .malformed, label, "its storage \(Excerpt.quoted(tensor.storage)) is not in the file; get the file again")
      }
    guard byteCount / (tensor.dtype.bitWidth / 8) >= tensor.storageCount else {
      throw DataError(
        .malformed, label,
        "its storage has \(byteCount) bytes, too few for \(tensor.storageCount) elements; get the file again")
    }
    return byteCount
  }

  /// Whether more than one tensor is a part of a storage.
  func isShared(_ key: String) -> Bool { useCounts[key] ?? 0 > 1 }

  /// Reads a storage.
  func read(_ key: String) throws(DataError) -> [UInt8] {
    switch places[key] {
    case .member(let member)?: try archive?.read(member) ?? []
    case .range(let range)?: try file.read(whole: range)
    case nil: []
    }
  }
}
