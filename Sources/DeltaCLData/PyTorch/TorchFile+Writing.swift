import DeltaCLSystem

extension TorchFile {
  /// The content of a file as `torch.save(state_dict, path)` writes it, in parts; `torch.load` reads it with `weights_only=True`.
  ///
  /// - Throws: `DataError` `unsupported` if PyTorch has no storages for an element type.
  static func parts(_ tensors: [String: HostTensor], name: String) throws(DataError) -> [[UInt8]] {
    let ordered = tensors.sorted { $0.key < $1.key }
    var pickle: [UInt8] = [0x80, 2]
    appendEmptyDictionary(to: &pickle)
    pickle.append(UInt8(ascii: "("))
    for (index, (key, tensor)) in ordered.enumerated() {
      guard let storage = TorchTensor.storageNames[tensor.dtype] else {
        throw DataError(
          .unsupported, "\(name): \(Excerpt.quoted(key))",
          "PyTorch has no storage for \(tensor.dtype.rawValue); write safetensors or convert it to F32")
      }
      appendText(key, to: &pickle)
      append(tensor, storage: storage, key: "\(index)", to: &pickle)
    }
    pickle += Array("u.".utf8)

    // PyTorch maps storages into memory and aligns them for that.
    var writer = ZipWriter(alignment: 64)
    writer.add("archive/data.pkl", [pickle])
    writer.add("archive/byteorder", [Array("little".utf8)])
    for (index, (_, tensor)) in ordered.enumerated() { writer.add("archive/data/\(index)", [tensor.bytes]) }
    writer.add("archive/version", [Array("3\n".utf8)])
    return writer.finished()
  }

  /// `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`.
  private static func append(_ tensor: HostTensor, storage: String, key: String, to pickle: inout [UInt8]) {
    pickle += Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
    appendText("storage", to: &pickle)
    pickle += Array("ctorch\n\(storage)\n".utf8)
    appendText(key, to: &pickle)
    appendText("cpu", to: &pickle)
    appendInteger(tensor.count, to: &pickle)
    pickle += Array("tQ".utf8)
    appendInteger(0, to: &pickle)
    for numbers in [tensor.shape, StridedElements.strides(of: tensor.shape)] {
      pickle.append(UInt8(ascii: "("))
      for number in numbers { appendInteger(number, to: &pickle) }
      pickle.append(UInt8(ascii: "t"))
    }
    pickle.append(0x89)
    appendEmptyDictionary(to: &pickle)
    pickle += Array("tR".utf8)
  }

  private static func appendEmptyDictionary(to pickle: inout [UInt8]) {
    pickle += Array("ccollections\nOrderedDict\n)R".utf8)
  }

  private static func appendText(_ text: String, to pickle: inout [UInt8]) {
    pickle.append(UInt8(ascii: "X"))
    pickle.append(littleEndian: UInt32(clamping: text.utf8.count))
    pickle += Array(text.utf8)
  }

  private static func appendInteger(_ number: Int, to pickle: inout [UInt8]) {
    if let number = Int32(exactly: number) {
      pickle.append(UInt8(ascii: "J"))
      pickle.append(littleEndian: number)
    } else {
      pickle += [0x8a, 8]
      pickle.append(littleEndian: number)
    }
  }
}
