import DeltaCLSystem
import Foundation
import OpenCL
import Synchronization

/// What PoCL compiles, kept from process to process and verified before PoCL reads it.
///
/// PoCL crashes on a damaged file of its cache, or computes wrong. So each process gives it an empty cache of its own. Before
/// a program is built, what earlier processes compiled for it is copied there if its checksum is right; what is new
/// is added to the common store when the process ends. No process ever reads what another one is writing.
final class KernelCache: Sendable {
  let folder: KernelCacheFolder
  private let state = Mutex(State())

  private struct State {
    /// The programs that the driver's folders belong to.
    var programs: [String: String] = [:]
    /// The files that came from the store, by their paths.
    var restored: Set<String> = []
    var hasEnded = false
  }

  private init(_ folder: KernelCacheFolder) {
    self.folder = folder
  }

  // MARK: - The process's own

  private enum Installation {
    case none
    case installed(KernelCache)
    case failed(DeltaCLError)
  }

  private static let installation = Mutex(Installation.none)

  /// Has PoCL compile in a folder of this process from now on; done once.
  static func install() {
    installation.withLock { installation in
      guard case .none = installation else { return }
      do throws(DeltaCLError) {
        let folder = try KernelCacheFolder(environment: NativePath.environment)
        _ = NativePath.withPath(folder.process) { setenv("POCL_CACHE_DIR", $0, 1) }
        installation = .installed(KernelCache(folder))
        atexit { KernelCache.current?.end() }
      } catch {
        installation = .failed(error)
      }
    }
  }

  /// The cache of this process; `nil` if none was installed.
  static var current: KernelCache? {
    installation.withLock { installation in
      if case .installed(let cache) = installation { cache } else { nil }
    }
  }

  /// Why there is none though one was asked for.
  static var failure: DeltaCLError? {
    installation.withLock { installation in
      if case .failed(let error) = installation { error } else { nil }
    }
  }

  // MARK: - Programs

  /// Builds a program from what the store has for it.
  ///
  /// - Parameters:
  ///   - program: A name for the program that differs wherever what a driver compiles may differ.
  ///   - build: Builds it.
  func building<Result>(_ program: String, _ build: () throws -> Result) rethrows -> Result {
    try state.withLock { state in
      for path in folder.store?.restore(program, to: folder.process) ?? [] {
        state.restored.insert(path)
        if let folder = Self.driverFolder(of: path) { state.programs[folder] = program }
      }
      let result = try build()
      // Only now is it known where the driver has put it.
      for path in Self.driverFolders(in: folder.process) where state.programs[path] == nil {
        state.programs[path] = program
      }
      return result
    }
  }

  /// A name for a program: programs of one name are compiled to the same.
  static func name(source: String, options: String, device: Device) -> String {
    let machine = [device.name, device.driverVersion, device.platform.version, options].map { Array($0.utf8) }
    return KernelStore.checksum([Array(source.utf8)]) + KernelStore.checksum(machine)
  }

  /// The two folders at the beginning of a path, in which PoCL keeps one program.
  private static func driverFolder(of path: String) -> String? {
    let parts = NativePath.components(path)
    return parts.count > 2 ? parts.prefix(2).joined(separator: "/") : nil
  }

  /// PoCL's folders of programs: two characters of a hash, then the rest. Everything else there is temporary.
  private static func driverFolders(in folder: String) -> [String] {
    FileTree.names(in: folder).filter { $0.utf8.count == 2 }.flatMap { outer in
      FileTree.names(in: "\(folder)/\(outer)").map { "\(outer)/\($0)" }
    }
  }

  /// Keeps what was compiled and removes the folder of the process.
  func end() {
    // A driver that ends the process while it builds a program holds the lock, and has no program to keep.
    state.withLockIfAvailable { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      var hasAdded = false
      do throws(FileTree.Failure) {
        for (place, program) in state.programs.sorted(by: { $0.key < $1.key }) where folder.obstacle == nil {
          for path in FileTree.files(below: "\(folder.process)/\(place)").map({ "\(place)/\($0)" })
          where !state.restored.contains(path) && (path.hasSuffix(".so") || path.hasSuffix("/program.bc")) {
            try folder.store?.keep(path, below: folder.process, for: program)
            hasAdded = true
          }
        }
      } catch {
        StandardError.line(
          "compiled kernels cannot be kept in \(folder.store?.folder ?? "") (\(error.reason)), so the next run compiles them "
            + "again: delete that folder, or set POCL_CACHE_DIR to one that can be written")
      }
      // Only who adds to the store has to prune it.
      if hasAdded { folder.store?.prune() }
      FileTree.remove(folder.process)
    }
  }
}
