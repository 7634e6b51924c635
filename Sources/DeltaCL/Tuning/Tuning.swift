import Foundation

/// The plans that were measured to be the fastest on one device, with one driver and one version of the kernels.
///
/// `deltacl tune` makes them and keeps them in a file, which ``Backends`` reads when it opens a device. The same tuning gives
/// the same bits; another one may round differently, as another algorithm does.
public struct Tuning: Hashable, Sendable {
  /// The fastest plan of one operation.
  public struct Entry: Hashable, Sendable, Codable {
    /// The operation's name, see ``TensorOperation/name``, without an epilogue.
    public let operation: String
    /// The operation's shapes, see ``TensorOperation/shapeText``.
    public let shape: String
    /// Whether it was found with `exact` on, without algorithms that round more than the direct sum.
    public let exact: Bool
    /// What was fastest.
    public let choice: PlanChoice
    /// The median seconds that it took.
    public let seconds: Double
    /// The median seconds that the default plan took at the same time.
    public let defaultSeconds: Double

    /// Creates an entry.
    public init(
      _ operation: TensorOperation, exact: Bool, choice: PlanChoice, seconds: Double, defaultSeconds: Double
    ) {
      self.operation = operation.withoutEpilogue.name
      shape = operation.shapeText
      self.exact = exact
      self.choice = choice
      self.seconds = seconds
      self.defaultSeconds = defaultSeconds
    }

    /// Such as `1.234 ms instead of 2.345`.
    var gainText: String {
      func text(_ seconds: Double) -> String { String(format: "%.3f", seconds * 1e3) }
      return "\(text(seconds)) ms instead of \(text(defaultSeconds))"
    }
  }

  fileprivate struct Key: Hashable, Sendable, Comparable {
    let operation: String
    let shape: String
    let exact: Bool

    static func < (a: Key, b: Key) -> Bool {
      (a.operation, a.shape, a.exact ? 1 : 0) < (b.operation, b.shape, b.exact ? 1 : 0)
    }
  }

  /// What the measurements are valid for.
  public let subject: TuningSubject
  private var entriesByKey: [Key: Entry] = [:]

  /// Creates a tuning without entries.
  public init(for subject: TuningSubject) {
    self.subject = subject
  }

  /// All entries, ordered by operation and shape.
  public var entries: [Entry] {
    entriesByKey.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Adds an entry in place of one for the same operation.
  public mutating func insert(_ entry: Entry) {
    entriesByKey[entry.key] = entry
  }

  /// Removes the entry of an operation, whose default plan was found to be the fastest.
  public mutating func remove(_ operation: TensorOperation, exact: Bool) {
    entriesByKey[Key(operation: operation.withoutEpilogue.name, shape: operation.shapeText, exact: exact)] = nil
  }

  /// The entry for an operation; `nil` if its default plan is to be used.
  ///
  /// With `exact` an entry that was found without serves too, unless it rounds more than the direct sum.
  public func entry(for operation: TensorOperation, exact: Bool) -> Entry? {
    guard operation.hasPlanChoices else { return nil }
    func find(exact: Bool) -> Entry? {
      entriesByKey[Key(operation: operation.withoutEpilogue.name, shape: operation.shapeText, exact: exact)]
    }
    guard exact else { return find(exact: false) }
    return find(exact: true) ?? find(exact: false).flatMap { $0.choice.isExact ? $0 : nil }
  }
}

extension Tuning.Entry {
  fileprivate var key: Tuning.Key { Tuning.Key(operation: operation, shape: shape, exact: exact) }
}

extension Tuning {
  /// The version of the file's form and of what its choices mean to the planner.
  private static let version = 3

  /// Reads what ``json()`` has written.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - subject: What the measurements must be valid for.
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if the text is damaged or valid for something else.
  public init(json: [UInt8], for subject: TuningSubject) throws(DeltaCLError) {
    let file = try SubjectFile<[Entry]>(json: json, version: Self.version, subject: subject)
    self.init(for: subject)
    for entry in file.findings {
      try entry.choice.validate()
      guard entry.seconds.isFinite, entry.defaultSeconds.isFinite else {
        throw DeltaCLError(.invalidArgument, "it is damaged")
      }
      insert(entry)
    }
  }

  /// The tuning as indented JSON, the same text for the same entries.
  public func json() throws -> String {
    try SubjectFile(version: Self.version, subject: subject, findings: entries).json()
  }
}
