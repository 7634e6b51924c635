/// What a pickle of Python describes, as data: nothing that it names is imported or called.
///
/// Objects are referred to by their indices in ``objects``, so that neither circles nor depth cost more than the pickle's own bytes.
/// The format is that of Python's `pickletools`, protocols 0 to 5.
struct Pickle {
  enum Value: Hashable {
    case none
    case boolean(Bool)
    case integer(Int)
    /// An integer of more than 64 bits, its lowest byte first.
    case longInteger([UInt8])
    case float(Double)
    case string(String)
    case bytes([UInt8])
    /// A function or class, such as `collections.OrderedDict`.
    case global(String)
    /// An element of ``Pickle/objects``.
    case object(Int)
  }

  struct Object {
    enum Kind: Hashable {
      case list, tuple, set
      /// Keys and values in turns.
      case dictionary
      /// What calling a function or class with the only value, a tuple, would give.
      case call(String)
      /// What the program that reads the pickle is to provide for the only value.
      case persistent
    }

    let kind: Kind
    var values: [Value]
  }

  let objects: [Object]
  let root: Value

  /// Whether a file that begins so may be a pickle of protocol 2 or later.
  static func isPickle(_ beginning: [UInt8]) -> Bool {
    beginning.count >= 2 && beginning[0] == 0x80 && (2...5).contains(beginning[1])
  }

  /// Reads one pickle.
  ///
  /// - Parameters:
  ///   - cursor: Where it begins; then behind its end.
  ///   - name: The file's name for errors.
  ///   - allows: Whether a function or class may occur.
  /// - Throws: `DataError`: `unsupported` that names a function or class which is not allowed, `malformed`, `tooLarge`.
  init(_ cursor: inout ByteCursor, name: String, allows: (String) -> Bool) throws(DataError) {
    var machine = PickleMachine(cursor, name: name)
    root = try machine.run(allows: allows)
    objects = machine.objects
    cursor = machine.cursor
  }

  /// The elements of a tuple or list.
  func elements(_ value: Value?) -> [Value]? {
    object(value).flatMap { $0.kind == .tuple || $0.kind == .list ? $0.values : nil }
  }

  /// The entries of a dictionary whose keys are strings, in order; the others are left out.
  func entries(_ value: Value?) -> [(key: String, value: Value)]? {
    guard let object = object(value), object.kind == .dictionary else { return nil }
    return stride(from: 1, to: object.values.count, by: 2).compactMap { index in
      object.values[index - 1].string.map { ($0, object.values[index]) }
    }
  }

  /// A call and its arguments.
  func call(_ value: Value?) -> (function: String, arguments: [Value])? {
    guard let object = object(value), case .call(let function) = object.kind else { return nil }
    return (function, elements(object.values.first) ?? [])
  }

  /// The elements of the tuple that a persistent object is known by.
  func persistent(_ value: Value?) -> [Value]? {
    guard let object = object(value), object.kind == .persistent else { return nil }
    return elements(object.values.first)
  }

  private func object(_ value: Value?) -> Object? {
    if case .object(let index)? = value { objects[index] } else { nil }
  }

  /// The integers of a tuple or list.
  func integers(_ value: Value?) -> [Int]? {
    guard let elements = elements(value) else { return nil }
    let integers = elements.compactMap(\.integer)
    return integers.count == elements.count ? integers : nil
  }
}

extension Pickle.Value {
  var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  var global: String? {
    if case .global(let global) = self { global } else { nil }
  }
}
