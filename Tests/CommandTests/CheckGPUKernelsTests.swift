import Foundation
import Testing

/// What `Tools/check-gpu-kernels` says where it cannot do its work.
@Suite struct CheckGPUKernelsTests {
  private static let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Tools")

  private func run(_ arguments: String..., tools: URL = tools) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = tools.appendingPathComponent("check-gpu-kernels")
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  private func expect(_ run: (status: Int32, errors: String), _ status: Int32, _ words: String) {
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  /// The tools alone, as after a checkout.
  private func copy(into folder: TemporaryFolder) throws -> URL {
    let copy = URL(fileURLWithPath: folder.path("Tools"))
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
    for name in ["check-gpu-kernels", "gpu"] {
      try FileManager.default.copyItem(
        at: Self.tools.appendingPathComponent(name), to: copy.appendingPathComponent(name))
    }
    return copy
  }

  @Test func wrongUsage() throws {
    expect(try run("--device", "sm_1"), 64, "unknown device 'sm_1'; there are sm_75, sm_80")
    expect(try run("--quickly"), 64, "unrecognized arguments: --quickly")
    expect(try run("--update", "--device", "sm_80"), 64, "--update writes all tables")
    expect(try run("--quick", "--device", "sm_80"), 64, "--quick has devices, networks and a batch of its own")
  }

  @Test func missingCompilers() throws {
    let folder = try TemporaryFolder()
    expect(try run(tools: copy(into: folder)), 1, "are not installed in")
  }

  @Test func compilersOfAnotherVersion() throws {
    let folder = try TemporaryFolder()
    let tools = try copy(into: folder)
    let compilers = folder.path(".build/gpu-compilers")
    try FileManager.default.createDirectory(atPath: compilers, withIntermediateDirectories: true)
    try Data("deb clang-19 1:19.0\n".utf8).write(to: URL(fileURLWithPath: compilers + "/packages.txt"))
    expect(try run(tools: tools), 1, "are of other versions than Tools/gpu/packages.txt asks for (deb clang-19 1:19.0)")
  }
}
