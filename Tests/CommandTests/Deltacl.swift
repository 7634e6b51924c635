import Foundation
import Testing

/// The built command, run as a process.
struct Deltacl {
  let status: Int32
  let output: String
  let errors: String

  /// The lines of standard error.
  var errorLines: [Substring] { errors.split(separator: "\n") }

  /// Runs the command to its end.
  ///
  /// - Parameters:
  ///   - environment: Variables beside those of the tests.
  ///   - shell: A POSIX shell's text to run before the command, such as `ulimit -f 8;`.
  init(
    _ arguments: String..., environment: [String: String] = [:], shell: String? = nil, executable: URL = Self.executable
  ) throws {
    try self.init(arguments, environment: environment, shell: shell, executable: executable)
  }

  /// Runs the command to its end.
  init(
    _ arguments: [String], environment: [String: String] = [:], shell: String? = nil, executable: URL = Self.executable
  ) throws {
    let run = try RunningDeltacl(arguments, environment: environment, shell: shell, executable: executable)
    self = try run.wait()
  }

  init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// The command beside the tests in the build folder.
  static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("deltacl")

  /// Requires that the command said in one line why it did not do its work.
  func expectFailure(_ status: Int32 = 1, saying words: String, at location: SourceLocation = #_sourceLocation) {
    #expect(self.status == status, sourceLocation: location)
    let failures = errorLines.filter { $0.hasPrefix("deltacl: error: ") }
    #expect(failures.count == 1 && errorLines.last == failures.last, "\(errors)", sourceLocation: location)
    #expect(errorLines.allSatisfy { $0.hasPrefix("deltacl: ") }, "\(errors)", sourceLocation: location)
    #expect(errors.contains(words), "\(errors)", sourceLocation: location)
  }
}

/// A command that may not have ended yet.
final class RunningDeltacl {
  private let process = Process()
  private let folder: TemporaryFolder

  init(
    _ arguments: [String], environment: [String: String] = [:], shell: String? = nil,
    executable: URL = Deltacl.executable
  ) throws {
    folder = try TemporaryFolder()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "\(shell) exec \"$0\" \"$@\"", executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try folder.newFile("stdout")
    process.standardError = try folder.newFile("stderr")
    try process.run()
  }

  /// The system's number of the process.
  var processIdentifier: Int32 { process.processIdentifier }
  /// What the command has written to standard error so far.
  var errors: String { folder.text("stderr") }
  /// What the command has written to standard output so far.
  var output: String { folder.text("stdout") }

  /// Waits until the command has said `words` or has ended.
  func waitFor(_ words: String) {
    while process.isRunning && !errors.contains(words) && !output.contains(words) { usleep(10_000) }
  }

  func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  func wait() throws -> Deltacl {
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Deltacl(status: status, output: output, errors: errors)
  }
}
