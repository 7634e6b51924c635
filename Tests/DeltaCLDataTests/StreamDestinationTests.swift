import Foundation
import Synchronization
import Testing

@testable import DeltaCLData

/// What is no file is written straight through and stays what it is.
@Suite struct StreamDestinationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The ends of a pipe that holds some kilobytes without a reader.
  private func makePipe() -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  private func bytes(_ descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    return Array(buffer.prefix(max(0, count)))
  }

  @Test func devicesAreWrittenTo() throws {
    try AtomicFile.probe("/dev/null")
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    #expect(FileSystem.fileType("/dev/null") == S_IFCHR)
    #expect(symlink("/dev/null", folder("link")) == 0)
    try AtomicFile.write([1], to: folder("link"))
    #expect(FileSystem.fileType(folder("link")) == S_IFCHR)
    try AtomicFile.probe("/dev/full")
    expectError(.diskFull, "/dev/full") { try AtomicFile.write([1], to: "/dev/full") }
    #expect(FileSystem.fileType("/dev/full") == S_IFCHR)
  }

  /// What a thread of its own reads to the end: tasks share threads, which reader and writer would keep from each other.
  private final class Reader: Sendable {
    private let contents = Mutex<Data?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ open: @escaping @Sendable () -> FileHandle?) {
      Thread.detachNewThread { [self] in
        let data = try? open()?.readToEnd()
        contents.withLock { $0 = data }
        hasEnded.signal()
      }
    }

    func end() -> [UInt8]? {
      hasEnded.wait()
      return contents.withLock { $0.map(Array.init) }
    }
  }

  @Test func aNamedPipeIsReadAsItIsWritten() throws {
    let path = folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    // Neither waits for a reader nor shows one the end.
    try AtomicFile.probe(path)
    let contents = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let reader = Reader { FileHandle(forReadingAtPath: path) }
    try AtomicFile.write(parts: [Array(contents[..<70_000]), [], Array(contents[70_000...])], to: path)
    #expect(reader.end() == contents)
    #expect(FileSystem.fileType(path) == S_IFIFO)
    #expect(try folder.contents() == ["pipe"])
  }

  @Test(arguments: ["/dev/fd", "/proc/self/fd", "/proc/\(getpid())/fd", "/dev/../dev/fd"])
  func descriptorsAreWrittenTo(prefix: String) throws {
    let (reader, writer) = makePipe()
    defer { close(reader) }
    let path = "\(prefix)/\(writer)"
    try AtomicFile.probe(path)
    try AtomicFile.write(parts: [[1], [2]], to: path)
    #expect(bytes(reader) == [1, 2])
    #expect(symlink(path, folder("link")) == 0)
    try AtomicFile.write([3], to: folder("link"))
    #expect(bytes(reader) == [3])
    #expect(try folder.contents() == ["link"])
    expectError(.writeFailed, "Bad file descriptor") { try AtomicFile.probe("\(prefix)/\(reader)") }
    close(writer)
  }

  @Test func aRedirectionKeepsItsPlaceInTheFile() throws {
    try folder.write([1, 2], "log")
    let descriptor = open(folder("log"), O_WRONLY | O_APPEND)
    var before = stat(), after = stat()
    fstat(descriptor, &before)
    try AtomicFile.write([3], to: "/dev/fd/\(descriptor)")
    try AtomicFile.write([4], to: "/dev/fd/\(descriptor)")
    close(descriptor)
    #expect(stat(folder("log"), &after) == 0 && after.st_ino == before.st_ino)
    #expect(try FileSystem.read(folder("log")) == [1, 2, 3, 4])
  }

  @Test func aReaderThatIsSlowIsWaitedFor() throws {
    let (reader, writer) = makePipe()
    #expect(fcntl(writer, F_SETFL, fcntl(writer, F_GETFL) | O_NONBLOCK) == 0)
    let contents = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let received = Reader { FileHandle(fileDescriptor: reader, closeOnDealloc: true) }
    try AtomicFile.write(contents, to: "/dev/fd/\(writer)")
    close(writer)
    #expect(received.end() == contents)
  }

  @Test func whatCannotBeWrittenIsAnError() async throws {
    expectError(.writeFailed, "Bad file descriptor") { try AtomicFile.probe("/dev/fd/99999") }
    expectError(.writeFailed, "Bad file descriptor") { try AtomicFile.write([1], to: "/dev/fd/99999") }
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      close(ends[0])
      let writer = ends[1]
      expectError(.writeFailed, "Broken pipe") { try AtomicFile.write([1], to: "/dev/fd/\(writer)") }
    }
  }

  /// A pipe would be waited for between files that are to change together.
  @Test func aSetHasFilesAlone() throws {
    try folder.write([1], "f")
    #expect(mkfifo(folder("pipe"), 0o666) == 0)
    for path in [folder("pipe"), "/dev/null"] {
      expectError(.writeFailed, "not a regular file") { try AtomicFile.write([([[2]], folder("f")), ([[3]], path)]) }
      expectError(.writeFailed, "not a regular file") { try AtomicFile.probe(path, isOfSet: true) }
    }
    #expect(try FileSystem.read(folder("f")) == [1])
    #expect(try folder.contents() == ["f", "pipe"])
  }
}
