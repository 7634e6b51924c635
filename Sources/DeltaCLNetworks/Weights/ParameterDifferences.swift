import DeltaCL
import DeltaCLSystem

/// In what tensors differ from the parameters and statistics that a network asks for.
struct ParameterDifferences {
  private let texts: [String]

  /// Compares names, shapes and the number of values.
  ///
  /// - Parameters:
  ///   - wanted: What the network asks for, in its order.
  ///   - found: What there is, by name.
  init(wanted: [(name: String, shape: Shape)], found: [String: (shape: Shape, count: Int)]) {
    var texts: [String] = []
    let names = Set(wanted.map(\.name))
    let unknown = found.keys.filter { !names.contains($0) }.sorted()
    let missing = wanted.map(\.name).filter { found[$0] == nil }
    for (name, shape) in wanted {
      if let other = found[name] {
        if other.shape != shape {
          texts.append("\(name) must have the shape \(shape), not \(other.shape)")
        } else if other.count != shape.elementCount {
          texts.append("\(name) of shape \(shape) needs \(shape.elementCount) values, not \(other.count)")
        }
      } else {
        // Names take time to compare, and few are shown.
        let nearest = texts.count < Self.limit ? Self.nearest(to: name, among: unknown) : nil
        texts.append("\(name) is missing" + (nearest.map { " (nearest: \(Excerpt.list([$0])))" } ?? ""))
      }
    }
    for name in unknown {
      let nearest = texts.count < Self.limit ? Self.nearest(to: name, among: missing) : nil
      texts.append("\(Excerpt.list([name])) is unknown" + (nearest.map { " (nearest: \($0))" } ?? ""))
    }
    self.texts = texts
  }

  private static let limit = 6

  /// Throws if there is any difference, with the first ones.
  ///
  /// - Parameters:
  ///   - path: The file that the tensors are from, if they are from one.
  ///   - advice: What to do, if something can be done.
  func check(path: String? = nil, advice: String? = nil) throws(NetworkError) {
    guard !texts.isEmpty else { return }
    let rest = texts.count > Self.limit ? "; and \(texts.count - Self.limit) more" : ""
    throw NetworkError(
      .mismatchedParameters,
      (path.map { "\($0): " } ?? "") + "the tensors do not fit the network: "
        + texts.prefix(Self.limit).joined(separator: "; ") + rest + (advice.map { "; \($0)" } ?? ""))
  }

  /// The name that differs least, if more of it is alike than not.
  private static func nearest(to name: String, among others: [String]) -> String? {
    let bytes = Array(name.utf8)
    let distances = others.prefix(500).filter { $0.utf8.count <= 200 }.map { other in
      (name: other, distance: distance(bytes, Array(other.utf8)))
    }
    guard let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance * 2 <= bytes.count else {
      return nil
    }
    return nearest.name
  }

  /// The least number of bytes to insert, remove or replace (Levenshtein, "Binary codes capable of correcting deletions, insertions, and
  /// reversals", 1966).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, first) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, second) in b.enumerated() {
        let replaced = diagonal + (first == second ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
