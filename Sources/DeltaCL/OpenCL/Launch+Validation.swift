import OpenCL

/// What must hold of a kernel that is not the library's own.
extension Launch {
  /// Throws if the launch does not fit a kernel.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) if the arguments are not those that the kernel declares, (`unsupportedKernel`) if the
  ///   work-groups are too large for the device.
  func validate(_ kernel: Kernel, of operation: TensorOperation) throws(DeltaCLError) {
    // A driver may not keep the names; then the number has to do.
    let parameters = (try? kernel.parameters()) ?? []
    let names = parameters.map(\.name)
    let isKnown = !names.isEmpty && names.allSatisfy { !$0.isEmpty }
    guard kernel.argumentCount == arguments.names.count, !isKnown || names == arguments.names else {
      let declared = isKnown ? "(\(names.joined(separator: ", ")))" : "\(kernel.argumentCount) arguments"
      throw DeltaCLError(
        .mismatch,
        "\(operation.name): the kernel \(kernel.name) takes \(declared), and its launch gives "
          + "(\(arguments.names.joined(separator: ", "))): give the same in the same order")
    }
    for (parameter, argument) in zip(parameters, arguments.values) {
      guard Self.accepts(parameter.typeName, argument, operation.operands) else {
        throw DeltaCLError(
          .mismatch,
          "\(operation.name): \(parameter.name) of the kernel \(kernel.name) is declared as \(parameter.typeName), and its "
            + "argument is \(Self.text(argument, operation.operands))")
      }
    }
    let most = kernel.workGroupInfo.maximumSize
    if let localSize, localSize > most {
      throw DeltaCLError(
        .unsupportedKernel,
        "\(operation.name): the kernel \(kernel.name) is launched in work-groups of \(localSize) work-items, and the device "
          + "allows \(most)")
    }
  }

  /// Whether a parameter may take an argument, as far as its type is one of OpenCL C's own.
  private static func accepts(_ type: String, _ argument: Argument, _ operands: [Operand]) -> Bool {
    let isPointer = type.hasSuffix("*")
    let element = type.prefix { $0.isLetter }
    let integers: Set<Substring> = ["int", "uint"]
    let others: Set<Substring> = ["char", "uchar", "short", "ushort", "long", "ulong", "half", "double", "bool"]
    func isOther(than allowed: Set<Substring>) -> Bool {
      integers.union(others).union(["float"]).subtracting(allowed).contains(element)
    }
    return switch argument {
    case .operand(let position):
      isPointer && !isOther(than: operands[position].elementType == .float32 ? ["float"] : integers)
    case .scratch: isPointer
    case .int: !isPointer && !isOther(than: integers)
    case .float: !isPointer && !isOther(than: ["float"])
    }
  }

  private static func text(_ argument: Argument, _ operands: [Operand]) -> String {
    switch argument {
    case .operand(let position): "\(operands[position].name), of \(operands[position].elementType) elements"
    case .scratch: "scratch"
    case .int(let value): "the integer \(value)"
    case .float(let value): "the number \(value)"
    }
  }
}
