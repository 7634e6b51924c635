import OpenCL
import Synchronization

/// The programs of one context, each built once.
final class ProgramLibrary: Sendable {
  let context: Context
  private let programs = Mutex<[ProgramKey: Program]>([:])

  init(_ context: Context) {
    self.context = context
  }

  /// The program for `key`.
  func program(_ key: ProgramKey) throws -> Program {
    try programs.withLock { programs in
      if let program = programs[key] { return program }
      let source = try KernelSource.program(key)
      let options = key.options.joined(separator: " ")
      let build = { [context] in try Program(context, sources: [source], options: options) }
      let program =
        if context.device.isPoCL, let cache = KernelCache.current {
          try cache.building(KernelCache.name(source: source, options: options, device: context.device), build)
        } else {
          try build()
        }
      programs[key] = program
      return program
    }
  }
}
