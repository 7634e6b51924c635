extension Safetensors {
  /// The content of the file.
  ///
  /// - Throws: `DataError` `tooLarge` when the header exceeds `headerLimit`, `malformed` when a tensor is called
  ///   `__metadata__`.
  public func serialized() throws(DataError) -> [UInt8] {
    Array(try parts(name: "safetensors data").joined())
  }

  /// The file in parts, which need no copy: the header and then each tensor's bytes.
  ///
  /// - Parameter name: The file's name for errors.
  /// - Throws: `DataError` if a name is forbidden or the header is too long.
  public func parts(name: String) throws(DataError) -> [[UInt8]] {
    guard tensors["__metadata__"] == nil else {
      throw DataError(.malformed, name, "no tensor may be called '__metadata__'; rename it")
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    // Wide elements first, so that each tensor is aligned to its elements when the file is mapped into memory.
    let ordered = tensors.sorted {
      (-$0.value.dtype.bitWidth, $0.key) < (-$1.value.dtype.bitWidth, $1.key)
    }
    var offset = 0
    for (key, tensor) in ordered {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(Self.quoted(key)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }

    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    guard header.count <= Self.headerLimit else {
      throw DataError(
        .tooLarge, name, "a header of \(header.count) bytes exceeds \(Self.headerLimit); write fewer names")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return [length + header] + ordered.map(\.value.bytes)
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        quoted += "\\\(scalar)"
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default:
        quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
