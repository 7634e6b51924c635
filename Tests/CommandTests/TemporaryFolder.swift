import DeltaCLData
import Foundation

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("deltacl-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// The names of all that the folder holds.
  func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }

  func bytes(_ name: String) -> [UInt8] {
    FileManager.default.contents(atPath: path(name)).map(Array.init) ?? []
  }

  func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

  func newFile(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appendingPathComponent(name))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
  }

  /// Writes tensors and returns the file's path.
  func write(_ tensors: [String: Safetensors.Tensor], _ name: String = "in.safetensors") throws -> String {
    try Safetensors(tensors: tensors).write(to: path(name))
    return path(name)
  }
}

extension Safetensors.Tensor {
  static func floats(_ shape: [Int], _ values: [Float]) throws -> Self { try Self(floats: values, shape: shape) }
  static func int32s(_ shape: [Int], _ values: [Int32]) throws -> Self { try Self(int32s: values, shape: shape) }
}
