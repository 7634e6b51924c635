import ArgumentParser

/// What `deltacl bench networks` runs.
enum BenchMode: String, CaseIterable, Codable, ExpressibleByArgument {
  /// Forward, loss, backward and the update.
  case train
  /// The forward pass.
  case infer
}
