/// The control groups of this process that limit memory, in both versions of cgroups(7), which may be mounted side by side.
struct ControlGroups {
  /// The folder that stands for the root of the file system, empty for the root itself.
  let systemRoot: String

  /// The bytes that the group with the least room leaves; `nil` if no group limits memory.
  ///
  /// A process is bound by its own group and by all above it.
  var availableBytes: Int? {
    let mounts = Mount.all(from: "\(systemRoot)/proc/self/mountinfo")
    var least: Int?
    for (controllers, path) in memberships {
      // Version 2 is one hierarchy, whose line names no controllers.
      let isUnified = controllers.isEmpty
      guard isUnified || controllers.contains("memory") else { continue }
      let mount = mounts.first {
        isUnified ? $0.type == "cgroup2" : $0.type == "cgroup" && $0.options.contains("memory")
      }
      guard let mount else { continue }
      for (depth, folder) in folders(of: path, in: mount).enumerated() {
        guard let available = isUnified ? unified(folder) : legacy(folder, isAncestor: depth > 0) else { continue }
        least = min(least ?? .max, max(0, available))
      }
    }
    return least
  }

  /// The hierarchies with the process's path in each, from lines such as "4:cpu,memory:/path".
  private var memberships: [(controllers: [String], path: String)] {
    let lines = (SmallFile.read("\(systemRoot)/proc/self/cgroup") ?? []).split(separator: UInt8(ascii: "\n"))
    return lines.compactMap { line in
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return (NativePath.text(fields[1]).split(separator: ",").map(String.init), NativePath.text(fields[2]))
    }
  }

  /// The folder of a group and those of the groups above it, as far as they are mounted.
  private func folders(of path: String, in mount: Mount) -> [String] {
    // A container sees its own group, or one above, at the mount point, and may still be told the path outside.
    let root = NativePath.components(mount.root)
    var names = NativePath.components(path)
    let isInside = names.starts(with: root) && !names.contains("..")
    names = isInside ? Array(names.dropFirst(root.count)) : []
    return (0...names.count).reversed().map { count in
      ([systemRoot + mount.point] + names.prefix(count)).joined(separator: "/")
    }
  }

  /// What a group of version 2 leaves.
  private func unified(_ folder: String) -> Int? {
    guard let limit = number("\(folder)/memory.max"), let used = number("\(folder)/memory.current") else { return nil }
    return limit - max(0, used - (statistic("inactive_file", of: folder) ?? 0))
  }

  /// What a group of version 1 leaves.
  private func legacy(_ folder: String, isAncestor: Bool) -> Int? {
    // Without this a group's limit does not bind the groups below it.
    if isAncestor && number("\(folder)/memory.use_hierarchy") == 0 { return nil }
    guard var limit = number("\(folder)/memory.limit_in_bytes"), let used = number("\(folder)/memory.usage_in_bytes")
    else { return nil }
    // The least of all above, whether or not they are mounted here.
    if let hierarchical = statistic("hierarchical_memory_limit", of: folder) { limit = min(limit, hierarchical) }
    // No limit is the greatest number of whole pages.
    guard limit < Int.max - 1 << 24 else { return nil }
    return limit - max(0, used - (statistic("total_inactive_file", of: folder) ?? 0))
  }

  /// A line of `memory.stat`. Inactive pages of files are dropped when memory is short.
  private func statistic(_ key: String, of folder: String) -> Int? {
    guard let bytes = SmallFile.read("\(folder)/memory.stat") else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: " "))
      if fields.count == 2, fields[0].elementsEqual(key.utf8) { return number(fields[1]) }
    }
    return nil
  }

  /// The number in a file; `nil` for "max" and if there is no file.
  private func number(_ path: String) -> Int? {
    SmallFile.read(path).flatMap { number($0.prefix { $0 != UInt8(ascii: "\n") }) }
  }

  private func number(_ text: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: text, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
  }
}
