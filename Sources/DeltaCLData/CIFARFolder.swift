import DeltaCLSystem

/// A folder with the binary version of CIFAR-10 or CIFAR-100: files of records, each of a label, or a coarse and a fine one, and
/// 32x32 pixels channel by channel.
struct CIFARFolder {
  private enum Kind: CaseIterable {
    case ten, hundred

    /// What the archives unpack to.
    var folder: String { self == .ten ? "cifar-10-batches-bin" : "cifar-100-binary" }
    var trainFiles: [String] {
      self == .ten ? (1...5).map { "data_batch_\($0).bin" } : ["train.bin"]
    }
    var testFile: String { self == .ten ? "test_batch.bin" : "test.bin" }
    var classFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }
    var classCount: Int { self == .ten ? 10 : 100 }
    /// The last of a record's labels is the one that is learnt.
    var labelCount: Int { self == .ten ? 1 : 2 }
  }

  private static let (side, channels) = (32, 3)

  private let path: String
  private let kind: Kind

  /// Finds the files in a folder, or in the folder in it that the archive unpacks to; `nil` if there are none.
  init?(_ path: String) {
    for folder in [path] + Kind.allCases.map({ "\(path)/\($0.folder)" }) {
      if let kind = Kind.allCases.first(where: { FileSystem.isFile("\(folder)/\($0.trainFiles[0])") }) {
        (self.path, self.kind) = (folder, kind)
        return
      }
    }
    return nil
  }

  func train() throws(DataError) -> Split { try split(kind.trainFiles) }
  func test() throws(DataError) -> Split { try split([kind.testFile]) }

  /// The names of the classes, numbers if their file is missing.
  var classNames: [String] {
    let text = String(decoding: SmallFile.read("\(path)/\(kind.classFile)", limit: 1 << 16) ?? [], as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline).map(String.init)
    return names.count == kind.classCount ? names : (0..<kind.classCount).map(String.init)
  }

  private func split(_ files: [String]) throws(DataError) -> Split {
    let size = Self.side * Self.side
    let recordSize = kind.labelCount + Self.channels * size
    var labels: [Int32] = []
    var pixels: [UInt8] = []
    for file in files.map({ "\(path)/\($0)" }) {
      let bytes = try FileSystem.read(file, limit: 1 << 30)
      guard !bytes.isEmpty, bytes.count.isMultiple(of: recordSize) else {
        throw DataError(
          .truncated, file,
          "has \(bytes.count) bytes, which are no whole number of records of \(recordSize); get the file again")
      }
      try FileSystem.requireMemory(bytes.count, for: file)
      pixels.reserveCapacity(files.count * bytes.count)
      for record in stride(from: 0, to: bytes.count, by: recordSize) {
        let label = bytes[record + kind.labelCount - 1]
        guard label < kind.classCount else {
          throw DataError(
            .outOfRange, file,
            "has the label \(label) in record \(record / recordSize), and there are \(kind.classCount) classes; get the file again"
          )
        }
        labels.append(Int32(label))
        bytes.withUnsafeBufferPointer { bytes in
          let start = record + kind.labelCount
          for pixel in start..<start + size {
            for channel in 0..<Self.channels { pixels.append(bytes[pixel + channel * size]) }
          }
        }
      }
    }
    return try Split(
      name: path, count: labels.count, imageRows: Self.side, imageColumns: Self.side, channels: Self.channels,
      pixels: pixels, labels: labels)
  }
}
