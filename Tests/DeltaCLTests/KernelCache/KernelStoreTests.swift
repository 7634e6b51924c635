import Foundation
import Synchronization
import Testing

@testable import DeltaCL

@Suite struct KernelStoreTests {
  /// A folder that goes away with its owner.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("deltacl-tests-\(UUID().uuidString)").path

    deinit {
      FileTree.remove(path)
    }
  }

  @Test func keptFilesComeBack() throws {
    let folder = Folder()
    let store = KernelStore(folder: "\(folder.path)/store")
    #expect(store.restore("program", to: "\(folder.path)/copy") == [])
    let contents: [String: [UInt8]] = [
      "AB/CD/program.bc": [1, 2, 3], "AB/CD/relu/1-1-1/relu.so": [], "AB/CD/x.so": [9],
    ]
    for (path, bytes) in contents {
      let file = "\(folder.path)/origin/\(path)"
      try FileTree.makeFolder(URL(fileURLWithPath: file).deletingLastPathComponent().path)
      try FileTree.write(bytes, toNew: file)
      // Twice is once.
      try store.keep(path, below: "\(folder.path)/origin", for: "program")
      try store.keep(path, below: "\(folder.path)/origin", for: "program")
    }
    #expect(FileTree.files(below: store.folder).count == contents.count)
    #expect(store.restore("program", to: "\(folder.path)/copy") == Set(contents.keys))
    for (path, bytes) in contents { #expect(FileTree.read("\(folder.path)/copy/\(path)") == bytes) }
    #expect(store.restore("another", to: "\(folder.path)/another") == [])
  }

  @Test func everyBitCounts() throws {
    let folder = Folder()
    let store = KernelStore(folder: "\(folder.path)/store")
    let bytes = (0..<40).map { UInt8(truncatingIfNeeded: $0 * 37) }
    try FileTree.makeFolder("\(folder.path)/origin/AB")
    try FileTree.write(bytes, toNew: "\(folder.path)/origin/AB/x.so")
    for bit in 0..<bytes.count * 8 {
      try store.keep("AB/x.so", below: "\(folder.path)/origin", for: "program")
      let name = try #require(FileTree.files(below: store.folder).first)
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      unlink("\(store.folder)/\(name)")
      try FileTree.write(damaged, toNew: "\(store.folder)/\(name)")
      #expect(store.restore("program", to: "\(folder.path)/copy") == [])
      #expect(FileTree.files(below: store.folder) == [])
    }
  }

  @Test func checksumsTellPartsApart() {
    let all: [[[UInt8]]] = [[], [[]], [[], []], [[1]], [[1], []], [[], [1]], [[1, 2]], [[1], [2]]]
    #expect(Set(all.map(KernelStore.checksum)).count == all.count)
    #expect(all.allSatisfy { KernelStore.checksum($0).count == 8 })
  }

  @Test func foldersReplaceFilesOnlyBelowTheirRoot() throws {
    let folder = Folder()
    try FileTree.makeFolder(folder.path)
    try FileTree.write([], toNew: "\(folder.path)/file")
    #expect(throws: FileTree.Failure.self) { try FileTree.makeFolder("\(folder.path)/file/a") }
    try FileTree.makeFolder("\(folder.path)/file/a", replacingFilesBelow: folder.path)
    #expect(FileTree.kind("\(folder.path)/file/a") == .folder)
  }

  @Test(arguments: [
    (["HOME": "/h"], "/h/.cache/deltacl/pocl", "HOME"),
    (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/deltacl/pocl", "XDG_CACHE_HOME"),
    (["HOME": "/h", "DELTACL_CACHE_DIR": "/d", "XDG_CACHE_HOME": "/x"], "/d/pocl", "DELTACL_CACHE_DIR"),
    (["HOME": "/h", "DELTACL_CACHE_DIR": "/d", "POCL_CACHE_DIR": "/p"], "/p/deltacl", "POCL_CACHE_DIR"),
    (["HOME": "/h", "POCL_CACHE_DIR": ""], "/h/.cache/deltacl/pocl", "HOME"),
  ])
  func theFolderFollowsFromTheEnvironment(environment: [String: String], folder: String, name: String) {
    let place = KernelCacheFolder.Place(environment: environment)
    #expect(place.folder == folder)
    #expect(place.description.contains(name))
  }

  @Test func everyPartIsRunOnce() {
    for count in [0, 1, 2, 1000] {
      let seen = Mutex<[Int]>([])
      CheckedThread.forEach(below: count) { index in seen.withLock { $0.append(index) } }
      #expect(seen.withLock { $0.sorted() } == Array(0..<count))
    }
  }
}
