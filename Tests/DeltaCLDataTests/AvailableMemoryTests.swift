import DeltaCLSystem
import Foundation
import Testing

/// Memory limits as the kernel tells them, in a folder that stands for the root of the file system.
@Suite struct AvailableMemoryTests {
  private let folder: TemporaryFolder
  private static let unified = "30 20 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let legacy =
    "31 20 0:29 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    + "32 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    + "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    + "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
  /// What version 1 says where there is no limit.
  private static let unlimited = "9223372036854771712\n"

  init() throws {
    folder = try TemporaryFolder()
    try write("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    4000000 kB\n")
  }

  private func write(_ path: String, _ text: String) throws {
    let path = folder(path)
    try FileManager.default.createDirectory(
      atPath: NativePath.folder(of: path), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func setUp(mounts: String, groups: String) throws {
    try write("proc/self/mountinfo", mounts)
    try write("proc/self/cgroup", groups)
  }

  private func unified(_ path: String, max: String, current: Int, inactiveFile: Int = 0) throws {
    try write("sys/fs/cgroup/\(path)/memory.max", "\(max)\n")
    try write("sys/fs/cgroup/\(path)/memory.current", "\(current)\n")
    try write("sys/fs/cgroup/\(path)/memory.stat", "anon 5\ninactive_file \(inactiveFile)\nactive_file 7\n")
  }

  private func legacy(
    _ path: String, limit: String, usage: Int, hierarchicalLimit: String = unlimited, inactiveFile: Int = 0,
    hierarchy: Int = 1
  ) throws {
    try write("sys/fs/cgroup/memory/\(path)/memory.limit_in_bytes", limit)
    try write("sys/fs/cgroup/memory/\(path)/memory.usage_in_bytes", "\(usage)\n")
    try write("sys/fs/cgroup/memory/\(path)/memory.use_hierarchy", "\(hierarchy)\n")
    try write(
      "sys/fs/cgroup/memory/\(path)/memory.stat",
      "inactive_file 1\nhierarchical_memory_limit \(hierarchicalLimit)\ntotal_inactive_file \(inactiveFile)\n")
  }

  private var available: Int { AvailableMemory.byteCount(below: folder.path) }

  @Test func withoutGroupsTheMachineIsTheLimit() throws {
    #expect(available == 4_096_000_000)
    try setUp(mounts: Self.unified, groups: "0::/\n")
    #expect(available == 4_096_000_000)
  }

  @Test func unifiedGroupsAndThoseAboveThemBind() throws {
    try setUp(mounts: Self.unified, groups: "0::/a.slice/b.scope\n")
    try unified("a.slice/b.scope", max: "max", current: 10)
    #expect(available == 4_096_000_000)
    try unified("a.slice/b.scope", max: "1000000", current: 400_000, inactiveFile: 100_000)
    #expect(available == 700_000)
    try unified("a.slice", max: "900000", current: 800_000, inactiveFile: 50_000)
    #expect(available == 150_000)
    // Lowering a limit takes nothing that is in use.
    try unified("a.slice", max: "100", current: 800_000)
    #expect(available == 0)
  }

  @Test func legacyGroupsAndThoseAboveThemBind() throws {
    try setUp(mounts: Self.legacy, groups: "4:cpu,cpuacct:/x\n3:memory:/a/b/c\n0::/\n")
    try legacy("a/b/c", limit: Self.unlimited, usage: 10)
    #expect(available == 4_096_000_000)
    try legacy("a/b/c", limit: "1000000\n", usage: 400_000, inactiveFile: 100_000)
    #expect(available == 700_000)
    try legacy("a", limit: "900000\n", usage: 700_000)
    #expect(available == 200_000)
    try legacy("a", limit: "900000\n", usage: 700_000, hierarchy: 0)
    #expect(available == 700_000)
    try legacy("a/b/c", limit: "1000000\n", usage: 400_000, hierarchicalLimit: "500000")
    #expect(available == 100_000)
  }

  @Test func memoryMayShareItsHierarchy() throws {
    try setUp(
      mounts: "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,cpu,memory\n", groups: "3:cpu,memory:/a\n")
    try legacy("a", limit: "5000\n", usage: 1000)
    #expect(available == 4000)
  }

  /// A container's own group is mounted, and its path may be told as seen from outside.
  @Test(arguments: ["/docker/1234/sub", "/docker/1234", "/../elsewhere", "/other"])
  func containersSeeTheirGroupAtTheMountPoint(path: String) throws {
    try setUp(
      mounts: "35 31 0:32 /docker/1234 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
      groups: "3:memory:\(path)\n")
    try legacy("", limit: "5000\n", usage: 1000)
    #expect(available == 4000)
  }

  @Test func pathsMayHoldAnything() throws {
    try setUp(
      mounts: "35 31 0:32 / /sys/fs/c\\040group rw - cgroup2 none rw\n", groups: "0::/a b:c/\u{301}d\n")
    for (path, limit) in [("a b:c", 6000), ("a b:c/\u{301}d", 7000)] {
      try write("sys/fs/c group/\(path)/memory.max", "\(limit)\n")
      try write("sys/fs/c group/\(path)/memory.current", "1000\n")
    }
    #expect(available == 5000)
  }

  @Test(arguments: ["", "nonsense", "-1\n", "99999999999999999999\n", "\u{0}"]) func damagedFilesAreNoLimit(
    text: String
  )
    throws
  {
    for groups in ["0::/a\n", "0::\n", ":::\n", "memory\n", text] {
      try setUp(mounts: Self.unified + "1 2 3\n" + text + "\n - \n", groups: groups)
      try write("sys/fs/cgroup/a/memory.max", text)
      try write("sys/fs/cgroup/a/memory.current", "5\n")
      #expect(available == 4_096_000_000)
    }
    try unified("a", max: "9223372036854775807", current: 0, inactiveFile: .max)
    try setUp(mounts: Self.unified, groups: "0::/a\n")
    #expect(available == 4_096_000_000)
  }
}
