import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// PoCL crashes on damaged files of its cache; the command never shows it one.
  @Suite struct KernelCacheTests {
    private let folder: TemporaryFolder
    private let input: String
    private let environment: [String: String]

    init() throws {
      folder = try TemporaryFolder()
      input = try folder.write(["x": .floats([4], [-1, 0, 2, .infinity])])
      environment = ["POCL_CACHE_DIR": folder.path("cache")]
    }

    private func expectRelu(_ what: String = "") throws {
      let output = folder.path("out")
      try? FileManager.default.removeItem(atPath: output)
      let run = try Deltacl(
        "op", "relu", "--input", input, "--output", output, "--device", "cpu", environment: environment)
      #expect(run.status == 0, "\(what): \(run.errors)")
      #expect(try Safetensors(contentsOf: output).tensors["y"] == .floats([4], [0, 0, 2, .infinity]), "\(what)")
    }

    private var kernels: String { folder.path("cache/deltacl/kernels") }

    /// The kept files by the paths that they were compiled to, without checksums, and all else that is in the cache.
    private func files() -> [String] {
      (FileManager.default.enumerator(atPath: folder.path("cache"))?.compactMap { $0 as? String } ?? []).filter {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder.path("cache/\($0)"), isDirectory: &isFolder)
          && !isFolder.boolValue
      }.map { folder.path("cache/\($0)") }.sorted()
    }

    @Test func kernelsAreKeptAndNothingElse() throws {
      try expectRelu("first")
      let files = files()
      #expect(files.contains { $0.hasSuffix(".so") })
      #expect(files.contains { $0.hasSuffix("program.bc") })
      #expect(files.allSatisfy { $0.hasPrefix(kernels + "/") }, "\(files)")
      try expectRelu("second")
      #expect(self.files() == files)
    }

    @Test func damagedFilesAreCompiledAgain() throws {
      try expectRelu("first")
      let whole = files()
      try #require(whole.count >= 2)
      let manager = FileManager.default
      var generator = SplitMix(seed: 9)
      func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
      func replace(_ path: String, withFolder: Bool) throws {
        try manager.removeItem(atPath: path)
        if withFolder { try manager.createDirectory(atPath: path, withIntermediateDirectories: true) }
      }
      let mutations: [(String, (String, [UInt8]) throws -> Void)] = [
        ("emptied", { path, _ in try write([], path) }),
        ("cut", { path, bytes in try write(Array(bytes.prefix(bytes.count / 2)), path) }),
        ("lengthened", { path, bytes in try write(bytes + [0], path) }),
        (
          "flipped",
          { path, bytes in
            var bytes = bytes
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try write(bytes, path)
          }
        ),
        ("deleted", { path, _ in try replace(path, withFolder: false) }),
        ("made a folder", { path, _ in try replace(path, withFolder: true) }),
      ]
      for (name, mutate) in mutations {
        for ending in [".so", "program.bc"] {
          // What is compiled again may differ, and then has another name.
          let path = try #require(files().first { $0.hasSuffix(ending) })
          try mutate(path, [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
          try expectRelu("\(path) \(name)")
          #expect(files().count == whole.count)
        }
      }
      let whatElse: [(String, (String) throws -> Void)] = [
        ("forbidden", { #expect(chmod($0, 0) == 0) }),
        (
          "made a pipe",
          {
            try replace($0, withFolder: false)
            #expect(mkfifo($0, 0o600) == 0)
          }
        ),
        (
          "made a link",
          {
            try manager.moveItem(atPath: $0, toPath: folder.path("moved"))
            #expect(symlink(folder.path("moved"), $0) == 0)
          }
        ),
        (
          "made a folder with a file",
          {
            try replace($0, withFolder: true)
            try write([1], "\($0)/file")
          }
        ),
      ]
      for (name, mutate) in whatElse {
        for path in files() {
          try mutate(path)
          try? manager.removeItem(atPath: folder.path("moved"))
        }
        try expectRelu(name)
        #expect(files().count == whole.count)
      }
      for path in [
        kernels, URL(fileURLWithPath: files()[0]).deletingLastPathComponent().path, folder.path("cache/deltacl"),
      ] {
        try manager.removeItem(atPath: path)
        try write([1, 2, 3], path)
        try expectRelu("\(path) made a file")
      }
    }

    /// What a file was named for and what stands beside the kept files is no matter either.
    @Test func filesThatAreNotOursAreNotRead() throws {
      try expectRelu("first")
      let whole = files()
      for path in whole {
        let url = URL(fileURLWithPath: path)
        let name = url.lastPathComponent.drop { $0 != "-" }
        try FileManager.default.copyItem(atPath: path, toPath: path + "x")
        try Data([1]).write(to: url.deletingLastPathComponent().appendingPathComponent("00000000\(name)"))
      }
      try expectRelu("among others")
      #expect(files() == whole)
    }

    @Test func foldersOfKilledProcessesAreRemoved() throws {
      let run = try RunningDeltacl(
        ["bench", "layers", "--shape", "1,8,8,4,4,3,3,1,1", "--budget", "60", "--device", "cpu"],
        environment: environment)
      run.waitFor("forward")
      func processes() -> [String] { folder.names(in: "cache/deltacl").filter { $0.hasPrefix("process-") } }
      while processes().isEmpty { usleep(10_000) }
      try expectRelu("beside another process")
      #expect(processes().count == 1)
      run.send(SIGKILL)
      _ = try run.wait()
      #expect(processes().count == 1)
      try expectRelu("after it")
      #expect(processes().isEmpty)
    }

    @Test func manyProcessesShareACache() throws {
      let runs = try (0..<4).map { index in
        try RunningDeltacl(
          ["op", "relu", "--input", input, "--output", folder.path("out\(index)"), "--device", "cpu"],
          environment: environment)
      }
      for (index, run) in runs.enumerated() {
        let run = try run.wait()
        #expect(run.status == 0, "\(run.errors)")
        #expect(try Safetensors(contentsOf: folder.path("out\(index)")).tensors["y"]?.shape == [4])
      }
      try expectRelu("after them")
    }
  }
}

/// Vigna's SplitMix64: the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
