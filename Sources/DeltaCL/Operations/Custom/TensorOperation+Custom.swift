import DeltaCLSystem

extension TensorOperation {
  /// An operation of one's own, for the extents of its axes: its operands are those that it declares.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) for an axis that is missing or a launch that is impossible,
  ///   (`invalidDescriptor`, `tooLarge`) for an impossible shape; what the operation's own closures throw.
  public static func custom(_ operation: CustomOperation, _ axes: CustomAxes) throws -> Self {
    Self(try Custom(operation, axes))
  }

  /// A custom operation on tensors of given shapes.
  public struct Custom: Operation {
    /// The operation.
    public let operation: CustomOperation
    /// The extents, those that follow from others included.
    public let axes: CustomAxes

    let operands: [Operand]
    let floatingPointOperations: Int
    private let list: LaunchList

    init(_ operation: CustomOperation, _ given: CustomAxes) throws {
      var axes = given
      for (name, extent) in operation.derived { try axes.add(name, extent(axes)) }
      let operands = try operation.operands.map { operand in
        let shape = Shape(try operand.axes.map { name in try axes[name] })
        try shape.validate("\(operation.name): \(operand.name)")
        return Operand(
          name: operand.name, shape: shape, elementType: operand.elementType, access: operand.access,
          range: operand.range)
      }
      self.operation = operation
      self.axes = axes
      self.operands = operands
      floatingPointOperations = max(0, try operation.work(axes))
      list = try LaunchList(operation.launches(axes), of: operation, operands)
    }

    /// Whether both are the same operation with the same extents.
    public static func == (a: Self, b: Self) -> Bool { a.operation === b.operation && a.axes == b.axes }

    /// Hashes the operation's identity and the extents.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(operation))
      hasher.combine(axes)
    }

    var name: String { operation.name }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList { list }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) throws {
      var elements: [String: [Double]] = [:]
      for (index, operand) in operands.enumerated() where operand.access != .write {
        elements[operand.name] = operand.elementType == .float32 ? Array(f[index]) : i[index].map { Double($0) }
      }
      let results = try operation.reference(CustomValues(axes: axes, elements: elements))
      for (index, operand) in operands.enumerated() where operand.access != .read {
        let result = results[operand.name] ?? []
        guard result.count == operand.shape.elementCount else {
          throw DeltaCLError(
            .mismatch,
            "the reference of \(name) gives \(result.count) elements of \(operand.name), not \(operand.shape.elementCount)"
          )
        }
        for (position, value) in result.enumerated() {
          switch operand.elementType {
          case .float32: f[index][position] = value
          case .int32:
            guard let integer = Int32(exactly: value) else {
              throw DeltaCLError(
                .mismatch, "the reference of \(name) gives \(value) for \(operand.name), whose elements are int32")
            }
            i[index][position] = integer
          }
        }
      }
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      for (index, operand) in operands.enumerated() where operand.access == .read && scope.wantsDelta(of: index) {
        guard let delta = operation.deltas.first(where: { $0.operand == operand.name }) else {
          throw scope.notDifferentiable("\(name) of \(operand.name)")
        }
        let inputs = delta.inputs.map { name in
          operands.firstIndex { $0.name == name }.map { scope.operand($0) } ?? dy
        }
        let rule = try delta.operation(axes)
        guard let dx = rule.operands.first(where: { $0.access == .write }),
          dx.shape.elementCount == operand.shape.elementCount
        else {
          throw DeltaCLError(
            .mismatch,
            "\(rule.name), the delta of \(operand.name) of \(name), must first write a tensor of shape \(operand.shape)"
          )
        }
        try scope.contribute(rule, inputs, to: index)
      }
    }
  }
}

extension LaunchList {
  /// The launches of a custom operation.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) for a launch that is impossible, (`tooLarge`) for scratch that is too large to
  ///   index.
  fileprivate init(
    _ launches: [CustomLaunch], of operation: CustomOperation, _ operands: [Operand]
  ) throws(DeltaCLError) {
    self.init()
    var scratches: [String: (argument: Launch.Argument, count: Int)] = [:]
    for launch in launches {
      func failure(_ reason: String) -> DeltaCLError {
        DeltaCLError(
          .invalidArgument, "\(operation.name): the launch of \(Excerpt.quoted(launch.kernel)) \(reason)")
      }
      guard (1...3).contains(launch.globalSize.count), launch.globalSize.allSatisfy({ $0 >= 0 }),
        launch.localSize ?? 1 >= 1
      else {
        throw failure(
          "has \(launch.globalSize) work-items in work-groups of \(launch.localSize ?? 1): give one to three sizes that are not "
            + "negative")
      }
      let names = [launch.kernel] + launch.constants.keys.sorted() + launch.arguments.map(\.name)
      if let name = names.first(where: { !isIdentifier($0) }) {
        throw failure("has \(Excerpt.quoted(name)), which is no name")
      }
      var arguments: KernelArguments = [:]
      for (name, value) in launch.arguments {
        switch value {
        case .operand(let operand):
          guard let position = operands.firstIndex(where: { $0.name == operand }) else {
            throw failure("binds \(name) to \(Excerpt.quoted(operand)), which is no operand")
          }
          arguments.append(name, .operand(position))
        case .scratch(let scratch, let count):
          if let known = scratches[scratch] {
            guard known.count == count else {
              throw failure(
                "has \(count) floats of scratch \(Excerpt.quoted(scratch)), which had \(known.count) before")
            }
            arguments.append(name, known.argument)
          } else {
            let argument = try self.scratch(
              .float32, count, for: "\(operation.name): scratch \(Excerpt.quoted(scratch))")
            scratches[scratch] = (argument, count)
            arguments.append(name, argument)
          }
        case .int(let integer):
          guard Int32(exactly: integer) != nil else {
            throw failure("binds \(name) to \(integer), which does not fit into 32 bits")
          }
          arguments.append(name, .int(integer))
        case .float(let number): arguments.append(name, .float(number))
        }
      }
      append(
        Launch(
          launch.kernel, in: operation.name, text: operation.source, constants: launch.constants, arguments,
          globalSize: launch.globalSize, localSize: launch.localSize))
    }
  }
}
