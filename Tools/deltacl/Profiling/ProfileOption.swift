import ArgumentParser
import DeltaCL
import DeltaCLData

/// The `--profile` option.
struct ProfileOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write when each kernel ran as a Chrome trace, which ui.perfetto.dev opens, and print where the time goes.",
      valueName: "file"))
  var profile: String?

  /// Whether a profile was asked for, so that the backend must be opened for it.
  var isWanted: Bool { profile != nil }

  /// The backend to compute on, opened for profiling if a profile was asked for. A path that cannot be written is found before the
  /// work.
  func open(_ device: DeviceOption, announces: Bool) throws -> any Backend {
    guard let profile else { return try device.backend(announces: announces) }
    let backend = try device.newBackend(announces: announces, profiling: true)
    try AtomicFile.probe(profile)
    return backend
  }

  /// What ran on `backend` since the last call; `nil` if no profile was asked for.
  func take(from backend: any Backend) throws -> Profile? {
    isWanted ? try (backend as? OpenCLBackend)?.takeProfile() : nil
  }

  /// Writes the trace and prints the table of each profile to standard error; nothing if no profile was asked for.
  ///
  /// - Throws: `DataError` if the file cannot be written.
  func write(_ profiles: [Profile]) throws {
    guard let profile else { return }
    try AtomicFile.write(ChromeTrace(profiles).json(), to: profile)
    for profile in profiles { Output.text(ProfileTable(profile).text) }
    let omitted = profiles.reduce(0) { $0 + $1.omittedCount }
    Output.message(
      "wrote \(profile.escapedForTerminal)"
        + (omitted > 0 ? ", without the last \(omitted) operations; the table counts them all" : ""))
  }
}
