import DeltaCLSystem

/// The extents of a ``CustomOperation``'s operands, by the names of their axes.
public struct CustomAxes: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private(set) var extents: [String: Int]

  /// Creates extents by names. Of several of one name the last one counts.
  public init(dictionaryLiteral elements: (String, Int)...) {
    extents = Dictionary(elements) { $1 }
  }

  /// Creates extents by names.
  public init(_ extents: [String: Int]) {
    self.extents = extents
  }

  /// The extent of an axis.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if there is no axis of that name.
  public subscript(name: String) -> Int {
    get throws(DeltaCLError) {
      guard let extent = extents[name] else {
        let names = Excerpt.list(extents.keys.sorted().map { Excerpt.quoted($0) })
        throw DeltaCLError(
          .invalidArgument, "there is no axis \(Excerpt.quoted(name)), only \(names.isEmpty ? "none" : names)")
      }
      return extent
    }
  }

  /// Adds an axis that must be new.
  mutating func add(_ name: String, _ extent: Int) throws(DeltaCLError) {
    guard extents.updateValue(extent, forKey: name) == nil else {
      throw DeltaCLError(
        .invalidArgument, "the axis \(Excerpt.quoted(name)) follows from the others and cannot be given")
    }
  }
}
