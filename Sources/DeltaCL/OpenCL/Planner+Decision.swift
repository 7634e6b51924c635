/// How the planner decides, and how its decisions are overridden.
extension Planner {
  /// Plans an operation as tuned or chosen, else by the first algorithm that can do it, has no drawback and whose scratch
  /// fits. If a self-test has excluded an algorithm's own plan, its candidates follow, and in the end algorithms with a drawback.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) if no plan's scratch fits or can be indexed, (`invalidArgument`) if the algorithm
  ///   that is chosen cannot do the operation, (`unsupportedKernel`) if a self-test has excluded all plans.
  func decide(_ operation: TensorOperation, tuned entry: Tuning.Entry? = nil) throws(DeltaCLError) -> PlanDecision {
    let epilogue = EpilogueBinding(operation.epilogue, of: operation.withoutEpilogue.operands)
    let defaults = PlanDecision.Source.defaults(deviceClass: deviceClass)
    guard let pass = operation.convolutionPass else {
      let list = try operation.launches(self, epilogue)
      if let refusal = scratchRefusal(list) { throw error(refusal, operation) }
      return PlanDecision(launches: list, source: defaults)
    }
    if let entry, case .success(let list) = attempt(entry.choice, pass, epilogue) {
      return PlanDecision(launches: list, source: .tuned(entry), choice: entry.choice)
    }
    if let choice {
      switch attempt(choice, pass, epilogue) {
      case .success(let list): return PlanDecision(launches: list, source: .chosen, choice: choice)
      case .failure(let refusal): throw error(refusal, operation, choice)
      }
    }
    var refusals: [(algorithm: String, refusal: Refusal)] = []
    for type in algorithms {
      switch attempt(type, nil, pass, epilogue) {
      case .success(let list):
        return PlanDecision(launches: list, source: defaults, choice: type.defaultChoice, refusals: refusals)
      case .failure(let refusal):
        refusals.append((type.name, refusal))
        guard case .failedSelfTest = refusal, let plan = first(of: candidates(of: type, pass), pass, epilogue) else {
          continue
        }
        return PlanDecision(launches: plan.list, source: defaults, choice: plan.choice, refusals: refusals)
      }
    }
    let failures = refusals.map(\.refusal).filter(\.isFailedSelfTest)
    if !failures.isEmpty {
      let choices = algorithms.flatMap { candidates(of: $0, pass) }
      if let plan = first(of: choices, pass, epilogue) {
        return PlanDecision(launches: plan.list, source: defaults, choice: plan.choice, refusals: refusals)
      }
    }
    // The last algorithm does every pass: only scratch or a self-test can be in its way.
    throw error(failures.last ?? refusals.last?.refusal ?? .turnedOff, operation)
  }

  private func candidates(of type: any ConvolutionAlgorithm.Type, _ pass: ConvolutionPass) -> [PlanChoice] {
    guard let algorithm = try? type.init(pass, on: self) else { return [] }
    return [type.defaultChoice] + algorithm.choices
  }

  /// The first choice that can do a pass.
  private func first(
    of choices: [PlanChoice], _ pass: ConvolutionPass, _ epilogue: EpilogueBinding
  ) -> (choice: PlanChoice, list: LaunchList)? {
    for choice in choices {
      if case .success(let list) = attempt(choice, pass, epilogue) { return (choice, list) }
    }
    return nil
  }

  /// Choices that give other plans than the defaults and than each other, the most promising ones first. Empty if an
  /// operation has no choices.
  func candidates(for operation: TensorOperation) -> [PlanChoice] {
    guard let pass = operation.convolutionPass, let defaults = try? decide(operation) else { return [] }
    var seen: Set<[Launch]> = [defaults.launches.launches]
    // In turn, so that a small budget covers every algorithm.
    let choices = interleaved(algorithms.reversed().map { (try? $0.init(pass, on: self))?.choices ?? [] })
    return choices.filter { choice in
      guard case .success(let list) = attempt(choice, pass, .none), !list.launches.isEmpty else { return false }
      return seen.insert(list.launches).inserted
    }
  }

  /// Why an operation cannot be planned by a choice; `nil` if it can.
  func refusal(of choice: PlanChoice, for operation: TensorOperation) -> Refusal? {
    guard let pass = operation.convolutionPass else { return .otherOperation }
    guard case .failure(let refusal) = attempt(choice, pass, .none) else { return nil }
    return refusal
  }

  private func attempt(
    _ choice: PlanChoice, _ pass: ConvolutionPass, _ epilogue: EpilogueBinding
  ) -> Result<LaunchList, Refusal> {
    guard let type = algorithms.first(where: { $0.name == choice.algorithm }) else { return .failure(.turnedOff) }
    return attempt(type, choice.parameters, pass, epilogue)
  }

  /// - Parameter parameters: What is chosen; without them an algorithm with a drawback is refused.
  private func attempt(
    _ type: any ConvolutionAlgorithm.Type, _ parameters: (any AlgorithmParameters)?, _ pass: ConvolutionPass,
    _ epilogue: EpilogueBinding
  ) -> Result<LaunchList, Refusal> {
    Result { () throws(Refusal) in
      let algorithm = try type.init(pass, on: self)
      if parameters == nil, let drawback = algorithm.drawback { throw drawback }
      if let refusal = algorithm.refusal(choosing: parameters) { throw refusal }
      let list: LaunchList
      do throws(DeltaCLError) {
        list = try algorithm.launches(choosing: parameters, epilogue)
      } catch {
        throw .tooLarge(error.message)
      }
      if let refusal = scratchRefusal(list) { throw refusal }
      if let exclusion = exclusions.first(where: { $0.covers(list) }) { throw .failedSelfTest(exclusion) }
      return list
    }
  }

  private func scratchRefusal(_ list: LaunchList) -> Refusal? {
    list.scratchByteCount <= maximumScratchBytes ? nil : .scratch(list.scratchByteCount, most: maximumScratchBytes)
  }

  private func error(_ refusal: Refusal, _ operation: TensorOperation, _ choice: PlanChoice? = nil) -> DeltaCLError {
    let subject = "\(operation.name) \(operation.shapeText)"
    return switch (refusal, choice) {
    case (.tooLarge(let message), _): DeltaCLError(.tooLarge, message)
    case (.scratch(let bytes, let most), _):
      DeltaCLError(
        .tooLarge,
        "\(subject) needs \(bytes) bytes of scratch, the device's largest buffer is \(most) bytes: use a smaller batch")
    case (.failedSelfTest, nil):
      DeltaCLError(
        .unsupportedKernel,
        "\(subject) has no algorithm left: \(refusal); choose another device, or update the driver and run "
          + "`deltacl selftest` again")
    case (_, let choice?):
      DeltaCLError(.invalidArgument, "\(subject) cannot run as '\(choice)': \(refusal); choose another algorithm")
    case (_, nil): DeltaCLError(.tooLarge, "\(subject): \(refusal)")
    }
  }
}

/// The elements of all lists in turn.
func interleaved<Element>(_ lists: [[Element]]) -> [Element] {
  (0..<(lists.map(\.count).max() ?? 0)).flatMap { index in lists.compactMap { index < $0.count ? $0[index] : nil } }
}
