import DeltaCLData
import Foundation

/// The files that `Tools/make-weight-cases.py` wrote with PyTorch and NumPy.
enum TensorFixture {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("TensorFiles")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func open(_ name: String) throws -> any TensorFile { try TensorFileFormat.open(path(name)) }

  /// All tensors of a file whose content is `bytes`, written into a folder.
  static func read(_ bytes: [UInt8], in folder: TemporaryFolder, name: String = "f") throws -> [String: HostTensor] {
    try TensorFileFormat.open(folder.write(bytes, name)).tensors()
  }
}
