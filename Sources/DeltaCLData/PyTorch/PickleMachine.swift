import DeltaCLSystem

/// The stack machine that the opcodes of a pickle are for.
struct PickleMachine {
  typealias Value = Pickle.Value
  typealias Object = Pickle.Object

  /// The most objects, and values on the stack; a network of ten thousand tensors has some hundred thousand.
  static let sizeLimit = 1_000_000

  var cursor: ByteCursor
  private(set) var objects: [Object] = []
  private var stack: [Value] = []
  private var marks: [Int] = []
  private var memo: [Int: Value] = [:]
  private let name: String
  /// The values that were copied and not popped.
  private var copiedCount = 0

  init(_ cursor: ByteCursor, name: String) {
    self.cursor = cursor
    self.name = name
  }

  /// Runs to the end of the pickle and gives its value.
  mutating func run(allows: (String) -> Bool) throws(DataError) -> Value {
    while true {
      guard let opcode = cursor.byte() else { throw truncated() }
      if opcode == UInt8(ascii: ".") { return try pop() }
      try step(opcode, allows: allows)
      guard stack.count <= Self.sizeLimit, objects.count <= Self.sizeLimit, marks.count <= Self.sizeLimit else {
        throw tooLarge()
      }
    }
  }

  private mutating func step(_ opcode: UInt8, allows: (String) -> Bool) throws(DataError) {
    switch opcode {
    case 0x80:  // PROTO
      guard try byte() <= 5 else { throw malformed("its protocol is newer than 5") }
    case 0x95:  // FRAME
      _ = try number(UInt64.self)
    case UInt8(ascii: "("):  // MARK
      marks.append(stack.count)
    case UInt8(ascii: "0"):  // POP
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case UInt8(ascii: "1"):  // POP_MARK
      _ = try popMark()
    case UInt8(ascii: "2"):  // DUP
      stack.append(try top())
    case UInt8(ascii: "c"):  // GLOBAL
      let (module, function) = (try line(), try line())
      try pushGlobal("\(module).\(function)", allows: allows)
    case 0x93:  // STACK_GLOBAL
      guard case (.string(let function), .string(let module)) = (try pop(), try pop()) else {
        throw malformed("a function without a name")
      }
      try pushGlobal("\(module).\(function)", allows: allows)
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      try call()
    case UInt8(ascii: "b"):  // BUILD
      // Attributes that an object would get.
      _ = try pop()
      _ = try top()
    case UInt8(ascii: "Q"):  // BINPERSID
      push(.persistent, [try pop()])
    case UInt8(ascii: "g"), UInt8(ascii: "h"), UInt8(ascii: "j"):  // GET, BINGET, LONG_BINGET
      guard let value = memo[try memoIndex(opcode)] else { throw malformed("a reference to nothing") }
      stack.append(value)
    case UInt8(ascii: "p"), UInt8(ascii: "q"), UInt8(ascii: "r"):  // PUT, BINPUT, LONG_BINPUT
      memo[try memoIndex(opcode)] = try top()
    case 0x94:  // MEMOIZE
      memo[memo.count] = try top()
    default:
      if try !pushConstant(opcode), try !collect(opcode) {
        throw DataError(
          .unsupported, name,
          "the pickle has the opcode 0x\(String(opcode, radix: 16)) at byte \(cursor.position - 1), which no tensors need; "
            + "save the state_dict() alone")
      }
    }
  }

  /// Numbers and texts.
  private mutating func pushConstant(_ opcode: UInt8) throws(DataError) -> Bool {
    switch opcode {
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.boolean(true))
    case 0x89: stack.append(.boolean(false))
    case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(bitPattern: try number(UInt32.self)))))
    case UInt8(ascii: "K"): stack.append(.integer(Int(try byte())))
    case UInt8(ascii: "M"): stack.append(.integer(Int(try number(UInt16.self))))
    case UInt8(ascii: "I"), UInt8(ascii: "L"): stack.append(try decimal())
    case 0x8a: stack.append(Self.integer(try take(Int(try byte()))))
    case 0x8b: stack.append(Self.integer(try take(Int(try number(UInt32.self)))))
    case UInt8(ascii: "F"):
      guard let value = Double(try line()) else { throw malformed("a number expected") }
      stack.append(.float(value))
    case UInt8(ascii: "G"):
      stack.append(.float(Double(bitPattern: try number(UInt64.self).byteSwapped)))
    case UInt8(ascii: "V"): stack.append(.string(try line()))
    case UInt8(ascii: "S"): stack.append(.string(String(try line().dropFirst().dropLast())))
    case UInt8(ascii: "X"), UInt8(ascii: "T"): stack.append(.string(try text(Int(try number(UInt32.self)))))
    case 0x8c, UInt8(ascii: "U"): stack.append(.string(try text(Int(try byte()))))
    case 0x8d: stack.append(.string(try text(try size())))
    case UInt8(ascii: "B"): stack.append(.bytes(Array(try take(Int(try number(UInt32.self))))))
    case UInt8(ascii: "C"): stack.append(.bytes(Array(try take(Int(try byte())))))
    case 0x8e, 0x96: stack.append(.bytes(Array(try take(try size()))))
    default: return false
    }
    return true
  }

  /// Tuples, lists, sets and dictionaries.
  private mutating func collect(_ opcode: UInt8) throws(DataError) -> Bool {
    switch opcode {
    case UInt8(ascii: ")"): push(.tuple, [])
    case UInt8(ascii: "]"): push(.list, [])
    case UInt8(ascii: "}"): push(.dictionary, [])
    case 0x8f: push(.set, [])
    case UInt8(ascii: "t"): push(.tuple, try popMark())
    case UInt8(ascii: "l"): push(.list, try popMark())
    case UInt8(ascii: "d"): push(.dictionary, try popMark())
    case 0x91: push(.set, try popMark())
    case 0x85, 0x86, 0x87:
      let count = Int(opcode) - 0x84
      guard stack.count - (marks.last ?? 0) >= count else { throw malformed("a value is missing") }
      let elements = Array(stack.suffix(count))
      stack.removeLast(count)
      push(.tuple, elements)
    case UInt8(ascii: "a"): try extend(by: [pop()])
    case UInt8(ascii: "e"), UInt8(ascii: "u"), 0x90: try extend(by: popMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try extend(by: [pop(), value])
    default: return false
    }
    return true
  }

  /// Adds to the list, set or dictionary on top of the stack.
  private mutating func extend(by values: [Value]) throws(DataError) {
    guard case .object(let index) = try top() else { throw malformed("something is added to what holds nothing") }
    switch objects[index].kind {
    case .list, .set, .dictionary: objects[index].values += values
    // An object of another class, whose contents nothing asks for.
    case .call: break
    case .tuple, .persistent: throw malformed("something is added to what holds nothing")
    }
  }

  /// Puts down what a call would give; dictionaries with another name are dictionaries.
  private mutating func call() throws(DataError) {
    let arguments = try pop()
    guard case .global(let function) = try pop() else { throw malformed("a call of what is no function") }
    guard function == "collections.OrderedDict" else { return push(.call(function), [arguments]) }
    // Python 2 gives the entries as a list of pairs.
    let pairs = elements(elements(arguments).first)
    copiedCount += pairs.count
    guard copiedCount <= Self.sizeLimit else { throw tooLarge() }
    push(.dictionary, pairs.map { elements($0) }.filter { $0.count == 2 }.flatMap(\.self))
  }

  private func elements(_ value: Value?) -> [Value] {
    guard case .object(let index)? = value, [.tuple, .list].contains(objects[index].kind) else { return [] }
    return objects[index].values
  }

  private mutating func push(_ kind: Object.Kind, _ values: [Value]) {
    stack.append(.object(objects.count))
    objects.append(Object(kind: kind, values: values))
  }

  private mutating func pushGlobal(_ function: String, allows: (String) -> Bool) throws(DataError) {
    guard allows(function) else {
      throw DataError(
        .unsupported, name,
        "needs Python's \(Excerpt.quoted(function)), and nothing is called here: only tensors by name are read; save them by "
          + "torch.save(model.state_dict(), 'weights.pth')")
    }
    stack.append(.global(function))
  }

  private func top() throws(DataError) -> Value {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw malformed("a value is missing") }
    return value
  }

  private mutating func pop() throws(DataError) -> Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popMark() throws(DataError) -> [Value] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw malformed("a mark is missing") }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  private mutating func memoIndex(_ opcode: UInt8) throws(DataError) -> Int {
    switch opcode {
    case UInt8(ascii: "g"), UInt8(ascii: "p"):
      guard let index = Int(try line()) else { throw malformed("a number expected") }
      return index
    case UInt8(ascii: "h"), UInt8(ascii: "q"): return Int(try byte())
    default: return Int(try number(UInt32.self))
    }
  }

  /// An integer of two's complement, its lowest byte first.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Value {
    guard bytes.count <= 8 else { return .longInteger(Array(bytes)) }
    let isNegative = bytes.last ?? 0 >= 0x80
    return .integer(Int(bytes.reversed().reduce(isNegative ? -1 as Int64 : 0) { $0 << 8 | Int64($1) }))
  }

  /// A number in a line; of the first protocols, whose truth values are `00` and `01`.
  private mutating func decimal() throws(DataError) -> Value {
    let text = try line()
    if text == "00" || text == "01" { return .boolean(text == "01") }
    guard let value = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) else {
      throw malformed("a number expected")
    }
    return .integer(value)
  }

  private mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type
  ) throws(DataError) -> Number {
    guard let number = cursor.number(type) else { throw truncated() }
    return number
  }

  private mutating func byte() throws(DataError) -> UInt8 {
    guard let byte = cursor.byte() else { throw truncated() }
    return byte
  }

  private mutating func size() throws(DataError) -> Int {
    guard let size = cursor.size() else { throw truncated() }
    return size
  }

  private mutating func take(_ count: Int) throws(DataError) -> ArraySlice<UInt8> {
    guard let bytes = cursor.take(count) else { throw truncated() }
    return bytes
  }

  private mutating func text(_ count: Int) throws(DataError) -> String {
    String(decoding: try take(count), as: UTF8.self)
  }

  private mutating func line() throws(DataError) -> String {
    guard let line = cursor.take(until: UInt8(ascii: "\n")) else { throw truncated() }
    return String(decoding: line, as: UTF8.self)
  }

  private func malformed(_ reason: String) -> DataError {
    DataError(.malformed, name, "the pickle is wrong at byte \(cursor.position): \(reason); get the file again")
  }

  private func tooLarge() -> DataError {
    DataError(.tooLarge, name, "the pickle describes more than \(Self.sizeLimit) objects; save the state_dict() alone")
  }

  private func truncated() -> DataError {
    DataError(.truncated, name, "the pickle ends early, at byte \(cursor.position); get the file again")
  }
}
