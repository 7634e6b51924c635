import ArgumentParser
import DeltaCLData
import Foundation

/// The arguments of the process as texts that keep the bytes of paths, which `CommandLine.arguments` repairs if they are not
/// UTF-8.
enum Arguments {
  /// All but the command itself.
  static let all: [String] = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
    CommandLine.unsafeArgv[index].map { argument in
      FileSystem.path(bytes: UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
    }
  }

  /// No option and no path can be empty; a shell's unset variable makes such arguments.
  static func requireNoneEmpty() throws {
    guard let index = all.firstIndex(of: "") else { return }
    let before = index > 0 && all[index - 1].hasPrefix("-") ? "the value of \(all[index - 1])" : "argument \(index + 1)"
    throw ValidationError("\(before) is empty; give it a value or leave it out")
  }
}
