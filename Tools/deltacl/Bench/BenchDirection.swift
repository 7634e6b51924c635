import ArgumentParser

/// The passes through a layer that `deltacl bench layers` measures.
enum BenchDirection: String, CaseIterable, Codable, ExpressibleByArgument {
  /// x, w, b to y.
  case forward
  /// dy, w to dx.
  case delta
  /// x, dy to dw and db.
  case gradient
}
