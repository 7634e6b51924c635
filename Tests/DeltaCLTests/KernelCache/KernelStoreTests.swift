import DeltaCLSystem
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
    for (path, bytes) in contents { #expect(SmallFile.read("\(folder.path)/copy/\(path)") == bytes) }
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

  /// Fills a store with programs of one file of 100,000 bytes each, the first one not used for the longest time.
  private func fill(_ store: KernelStore, _ names: [String], in folder: Folder) throws {
    try FileTree.makeFolder("\(folder.path)/origin/AB")
    FileTree.remove("\(folder.path)/origin/AB/x.so")
    try FileTree.write([UInt8](repeating: 7, count: 100_000), toNew: "\(folder.path)/origin/AB/x.so")
    for (index, name) in names.enumerated() {
      try store.keep("AB/x.so", below: "\(folder.path)/origin", for: name)
      let seconds = time(nil) - 1000 + index
      let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, "\(store.folder)/\(name)", times, 0) == 0)
    }
  }

  @Test func whatWasNotUsedForTheLongestTimeMakesRoom() throws {
    let folder = Folder()
    let store = KernelStore(folder: "\(folder.path)/store", limit: 1_000_000)
    let names = (0..<8).map { "p\($0)" }
    try fill(store, names, in: folder)
    store.prune()
    #expect(FileTree.names(in: store.folder) == names)
    try fill(store, names + ["p8", "p9"], in: folder)
    // What is used again is the last to go.
    #expect(store.restore("p0", to: "\(folder.path)/copy").count == 1)
    store.prune()
    let left = FileTree.names(in: store.folder)
    #expect(FileTree.size(store.folder) <= 850_000 && left.count >= 6)
    #expect(left == ["p0"] + ["p4", "p5", "p6", "p7", "p8", "p9"].suffix(left.count - 1))
    // A process that is pruning keeps others from it.
    let small = KernelStore(folder: store.folder, limit: 1000)
    let lock = open(store.folder, O_RDONLY)
    #expect(flock(lock, LOCK_EX) == 0)
    small.prune()
    #expect(FileTree.names(in: store.folder) == left)
    close(lock)
    small.prune()
    #expect(FileTree.names(in: store.folder) == [])
    KernelStore(folder: "\(folder.path)/none").prune()
  }

  @Test func foldersThatAreTakenAwayMeanwhileAreMadeAgain() async throws {
    let folder = Folder()
    let store = KernelStore(folder: "\(folder.path)/store", limit: 1)
    let (origin, copy) = ("\(folder.path)/origin", "\(folder.path)/copy")
    try FileTree.makeFolder("\(origin)/AB")
    try FileTree.write([1, 2, 3], toNew: "\(origin)/AB/x.so")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<2 {
        group.addTask {
          for _ in 0..<200 {
            if index == 0 {
              store.prune()
            } else {
              try store.keep("AB/x.so", below: origin, for: "program")
              let restored = store.restore("program", to: copy)
              #expect(restored.isSubset(of: ["AB/x.so"]))
              FileTree.remove(copy)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    store.prune()
    #expect(FileTree.files(below: folder.path) == ["origin/AB/x.so"])
  }

  @Test func whatStandsInTheFilesPlaceGivesWay() throws {
    let folder = Folder()
    let store = KernelStore(folder: "\(folder.path)/store")
    try FileTree.makeFolder("\(folder.path)/origin/AB")
    try FileTree.write([1, 2, 3], toNew: "\(folder.path)/origin/AB/x.so")
    try store.keep("AB/x.so", below: "\(folder.path)/origin", for: "program")
    let file = "\(store.folder)/\(try #require(FileTree.files(below: store.folder).first))"
    FileTree.remove(file)
    try FileTree.makeFolder("\(file)/sub")
    try FileTree.write([], toNew: "\(file)/sub/file")
    try store.keep("AB/x.so", below: "\(folder.path)/origin", for: "program")
    #expect(SmallFile.read(file) == [1, 2, 3])
  }

  @Test(arguments: [
    ("", 1 << 30), ("1", 1), ("100K", 100 << 10), ("512m", 512 << 20), ("2G", 2 << 30), ("0", Int.max), ("0M", Int.max),
    ("9223372036854775807", Int.max),
  ])
  func theLimitFollowsFromTheEnvironment(text: String, limit: Int) throws {
    #expect(try KernelStore.limit(environment: ["DELTACL_CACHE_MAXSIZE": text]) == limit)
  }

  @Test(arguments: [
    "x", "-1", "-0", "+1", "1 ", "0x10", "1e9", "K", "1T", "1KK", "9223372036854775808", "9223372036854775807K",
    "\u{661}", "nan",
  ])
  func aLimitThatIsNoneIsRefused(text: String) {
    #expect { try KernelStore.limit(environment: ["DELTACL_CACHE_MAXSIZE": text]) } throws: { error in
      (error as? DeltaCLError)?.code == .invalidArgument && "\(error)".contains("DELTACL_CACHE_MAXSIZE is '\(text)'")
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
