import DeltaCLSystem

/// An operation of one's own: kernels in OpenCL C, how they are launched, and the mathematics that they are held to.
///
///     let swish = try CustomOperation(
///       "swish", [.read("x", ["count"]), .write("y", ["count"])], source: source,
///       launches: { axes in
///         let count = try axes["count"]
///         return [CustomLaunch("swish", ["x": "x", "y": "y", "count": .int(count)], globalSize: [count])]
///       },
///       reference: { values in ["y": try values["x"].map { $0 / (1 + exp(-$0)) }] })
///     try backend.verify(swish)
///     let y = try backend.run(.custom(swish, ["count": 1_000]), x)[0]
///
/// Make one for the life of the program: two are never equal, and a backend keeps the plans of each. See <doc:KernelsOfYourOwn>.
public final class CustomOperation: Sendable {
  /// The name in errors and profiles.
  public let name: String
  /// The tensors that it works on: what is read, then what is updated, then what is written.
  public let operands: [CustomOperand]
  /// OpenCL C that may include the library's headers, such as `#include "include/vector.h"`.
  public let source: String

  let derived: [(name: String, extent: @Sendable (CustomAxes) throws -> Int)]
  let launches: @Sendable (CustomAxes) throws -> [CustomLaunch]
  let work: @Sendable (CustomAxes) throws -> Int
  let deltas: [CustomDelta]
  let reference: @Sendable (CustomValues) throws -> [String: [Double]]

  /// Creates an operation.
  ///
  /// - Parameters:
  ///   - name: The name in errors and profiles: letters, digits, `-` and `_`.
  ///   - operands: The tensors that it works on: what is read, then what is updated, then what is written.
  ///   - derived: Extents that follow from others, such as those of a result, in an order in which each needs only those before.
  ///   - source: OpenCL C that may include the library's headers. It is built for the version of OpenCL C that the device itself
  ///     reports.
  ///   - launches: The launches in the order in which they run.
  ///   - floatingPointOperations: The multiplications and additions that the mathematics asks for, for profiles.
  ///   - deltas: What differentiates it in a graph; without one for an operand whose delta is wanted it is not differentiable.
  ///   - reference: The mathematics: all elements of each operand that is updated or written, by name.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a name is no name or taken twice, the operands are in another order, or a
  ///   delta is of no operand that is read.
  public init(
    _ name: String, _ operands: [CustomOperand],
    derived: KeyValuePairs<String, @Sendable (CustomAxes) throws -> Int> = [:], source: String,
    launches: @escaping @Sendable (CustomAxes) throws -> [CustomLaunch],
    floatingPointOperations: @escaping @Sendable (CustomAxes) throws -> Int = { _ in 0 }, deltas: [CustomDelta] = [],
    reference: @escaping @Sendable (CustomValues) throws -> [String: [Double]]
  ) throws(DeltaCLError) {
    self.name = name
    self.operands = operands
    self.derived = derived.map { ($0.key, $0.value) }
    self.source = source
    self.launches = launches
    work = floatingPointOperations
    self.deltas = deltas
    self.reference = reference
    try validate()
  }

  /// The name of the delta of what is written first.
  var resultDeltaName: String { "d" + (operands.first { $0.access == .write }?.name ?? "") }

  private func validate() throws(DeltaCLError) {
    func failure(_ reason: String) -> DeltaCLError {
      DeltaCLError(.invalidDescriptor, "custom operation \(Excerpt.quoted(name)): \(reason)")
    }
    guard !name.isEmpty, name.utf8.allSatisfy({ isIdentifierByte($0) || $0 == UInt8(ascii: "-") }) else {
      throw failure("its name may have letters, digits, - and _")
    }
    let names = operands.map(\.name)
    if let name = names.first(where: { !isIdentifier($0) }) {
      throw failure("\(Excerpt.quoted(name)) is no name of an operand")
    }
    guard Set(names).count == names.count else {
      throw failure("two of the operands \(names.joined(separator: ", ")) have one name")
    }
    let order = operands.map { operand in [Operand.Access.read, .update, .write].firstIndex(of: operand.access) ?? 0 }
    guard order == order.sorted(), order.last ?? 0 > 0 else {
      throw failure(
        "its operands must be what is read, then what is updated, then what is written, at least one of the latter")
    }
    let known = Set(names + [resultDeltaName])
    for delta in deltas {
      guard operands.contains(where: { $0.name == delta.operand && $0.access == .read && $0.elementType == .float32 })
      else {
        throw failure("\(Excerpt.quoted(delta.operand)), whose delta is given, is no float32 operand that is read")
      }
      if let input = delta.inputs.first(where: { !known.contains($0) }) {
        throw failure(
          "the delta of \(delta.operand) needs \(Excerpt.quoted(input)), which is neither an operand nor \(resultDeltaName)"
        )
      }
    }
  }
}

/// Whether a text is a name in OpenCL C.
func isIdentifier(_ text: String) -> Bool {
  guard let first = text.utf8.first else { return false }
  return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) && text.utf8.allSatisfy(isIdentifierByte)
}

private func isIdentifierByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"),
    UInt8(ascii: "_"):
    true
  default: false
  }
}
