import Foundation
import Testing

@testable import DeltaCLData

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func writesAndReplaces() throws {
    try AtomicFile.write([1, 2, 3], to: folder("f"))
    #expect(try FileSystem.read(folder("f")) == [1, 2, 3])
    try AtomicFile.write(parts: [[4], [], [5, 6]], to: folder("f"))
    #expect(try FileSystem.read(folder("f")) == [4, 5, 6])
    try AtomicFile.write("é", to: folder("f"))
    #expect(try FileSystem.read(folder("f")) == [0xc3, 0xa9])
    try AtomicFile.write([], to: folder("f"))
    #expect(try FileSystem.read(folder("f")) == [])
    #expect(try folder.contents() == ["f"])
  }

  @Test func keepsTheModeOfTheOldFile() throws {
    try folder.write([1], "f")
    chmod(folder("f"), 0o640)
    try AtomicFile.write([2], to: folder("f"))
    var status = stat()
    #expect(stat(folder("f"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
  }

  @Test func leavesNothingWhereTheFolderIsMissing() throws {
    expectError(.notFound, folder("no/f")) { try AtomicFile.write([1], to: folder("no/f")) }
    #expect(try folder.contents() == [])
  }

  @Test func doesNotReplaceAFolderOrSocket() throws {
    try FileSystem.createFolder(folder("sub"))
    expectError(.writeFailed, "is a folder") { try AtomicFile.write([1], to: folder("sub")) }
    expectError(.notFound) { try AtomicFile.write([1], to: folder("new/")) }
    #expect(try folder.contents() == ["sub"])
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array(folder("socket").utf8)
    try #require(path.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let status = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(status == 0)
    expectError(.writeFailed, "not a regular file") { try AtomicFile.write([1], to: folder("socket")) }
    #expect(FileSystem.fileType(folder("socket")) == S_IFSOCK)
  }

  @Test func writesThroughSymbolicLinks() throws {
    try FileSystem.createFolder(folder("real"))
    #expect(symlink("real/f", folder("link")) == 0)
    #expect(symlink("link", folder("second")) == 0)
    // The first write creates what the link names, the second replaces it.
    for content: [UInt8] in [[1], [2]] {
      try AtomicFile.write(content, to: folder("second"))
      #expect(try FileSystem.read(folder("real/f")) == content)
    }
    #expect(try folder.contents().sorted() == ["link", "real", "second"])
    var status = stat()
    #expect(lstat(folder("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(symlink("circle", folder("circle")) == 0)
    expectError(.writeFailed, "Too many levels") { try AtomicFile.write([1], to: folder("circle")) }
  }

  @Test func removesWhatKilledProcessesHaveLeft() throws {
    try folder.write([1], ".deltacl-1-2.tmp")
    try folder.write([1], ".deltacl-3-4.tmp")
    try folder.write([1], ".deltacl-notes")
    let owner = open(folder(".deltacl-3-4.tmp"), O_RDWR)
    defer { close(owner) }
    #expect(flock(owner, LOCK_EX) == 0)
    try AtomicFile.write([2], to: folder("f"))
    #expect(try folder.contents().sorted() == [".deltacl-3-4.tmp", ".deltacl-notes", "f"])
  }

  @Test func anEmptyPathIsSaidToBeEmpty() {
    expectError(.notFound, "the path is empty") { try AtomicFile.write([1], to: "") }
    expectError(.notFound, "the path is empty") { _ = try FileSystem.read("") }
    expectError(.notFound, "the path is empty") { try FileSystem.createFolder("") }
  }

  @Test func failsCleanlyWhenTheFileMayNotGrow() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try folder.write([1, 2, 3], "f")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      expectError(.diskFull, "limit") {
        try AtomicFile.write([UInt8](repeating: 1, count: 100_000), to: folder("f"))
      }
      #expect(try FileSystem.read(folder("f")) == [1, 2, 3])
      #expect(try folder.contents() == ["f"])
    }
  }

  @Test func saysWhereThereIsNoPermission() async throws {
    try folder.write([1], "secret")
    chmod(folder("secret"), 0)
    chmod(folder.path, 0o555)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      // The superuser may do everything; nobody may not.
      if getuid() == 0 { #expect(setuid(65534) == 0) }
      expectError(.permissionDenied, "\(path)/f") { try AtomicFile.write([1], to: "\(path)/f") }
      expectError(.permissionDenied, "\(path)/sub") { try FileSystem.createFolder("\(path)/sub") }
      expectError(.permissionDenied, "\(path)/secret") { _ = try FileSystem.read("\(path)/secret") }
    }
    chmod(folder.path, 0o755)
    #expect(try folder.contents() == ["secret"])
  }

  @Test func namesAFullDisk() {
    let error = DataError.system("write", "/full/f", ENOSPC)
    #expect(error.code == .diskFull)
    #expect(error.description.contains("the disk is full"))
    #expect(DataError.system("read", "f", EIO).code == .readFailed)
    #expect(DataError.system("write", "f", EIO).code == .writeFailed)
  }

  @Test func severalFilesAreReplacedTogetherOrNotAtAll() throws {
    let (a, b) = (folder("a"), folder("b"))
    try AtomicFile.write([([[1], [2, 3]], a), ([[4]], b)])
    #expect(try FileSystem.read(a) == [1, 2, 3] && FileSystem.read(b) == [4])
    // The last file cannot be written, and so the first one stays.
    try FileSystem.createFolder(folder("c"))
    for bad in [folder("c"), folder("none/d")] {
      #expect(throws: DataError.self) { try AtomicFile.write([([[9]], a), ([[9]], bad)]) }
    }
    #expect(try FileSystem.read(a) == [1, 2, 3])
    #expect(try folder.contents() == ["a", "b", "c"])
  }

  @Test func mountPointsAreKnown() throws {
    try AtomicFile.write([1], to: folder("a b\\040"))
    #expect(!FileSystem.isMountPoint(folder("a b\\040")))
    #expect(!FileSystem.isMountPoint(folder("none")))
    #expect(FileSystem.isMountPoint("/proc"))
  }

  @Test func createsFolders() throws {
    try FileSystem.createFolder(folder("a/b/c"))
    try FileSystem.createFolder(folder("a/b/c"))
    try FileSystem.createFolder(folder("a/d/"))
    #expect(FileSystem.isFolder(folder("a/b/c")))
    #expect(FileSystem.isFolder(folder("a/d")))
    try folder.write([1], "file")
    expectError(.writeFailed, "a file of that name") { try FileSystem.createFolder(folder("file")) }
    expectError(.writeFailed, "a file of that name") { try FileSystem.createFolder(folder("file/sub")) }
    expectError(.notFound) { try FileSystem.createFolder("") }
  }

  @Test func readsOnlyRegularFilesUpToALimit() throws {
    try folder.write([1, 2, 3], "f")
    expectError(.tooLarge, "3 bytes") { _ = try FileSystem.read(folder("f"), limit: 2) }
    mkfifo(folder("pipe"), 0o600)
    expectError(.unsupported, "not a regular file") { _ = try FileSystem.read(folder("pipe")) }
    expectError(.unsupported) { _ = try FileSystem.read("/dev/zero") }
    // A sparse file of 4 TiB takes no disk, and would take all memory.
    try folder.write([], "sparse")
    if truncate(folder("sparse"), 1 << 42) == 0 {
      expectError(.tooLarge) { _ = try FileSystem.read(folder("sparse")) }
    }
  }
}
