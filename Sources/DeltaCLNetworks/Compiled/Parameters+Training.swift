public import DeltaCL

/// What a training adds to the values, to be saved and resumed.
extension Parameters {
  /// Waits for the device and reads what the optimiser keeps for each parameter, such as `velocity`, by its names and in the order of
  /// ``names``. There is none before a ``TrainingStep`` is made.
  public func optimizerState() throws -> [String: [Named]] {
    let training = try training()
    return Dictionary(
      uniqueKeysWithValues: try training.stateNames.map { ($0, try named(training.state($0))) })
  }

  /// Replaces what the optimiser keeps, to resume a training that was interrupted.
  ///
  /// - Throws: ``NetworkError`` as ``load(_:)`` does.
  public func loadOptimizerState(_ state: [String: [String: (shape: Shape, values: [Float])]]) throws {
    for tensors in state.values { try layout.validate(tensors) }
    for (name, tensors) in state { try load(tensors, into: training().state(name)) }
  }

  /// The moving averages of all parameters and statistics, as parameters of the same network. They are 0 before the first update that
  /// averages, and follow the values from there.
  public func averages() throws -> Parameters { try training().averages(of: self) }

  /// The number of updates that were made, on which optimisers such as ``Adam`` depend.
  public func updateCount() throws -> Int { try training().updateCount }

  /// Sets the number of updates that were made, to resume a training that was interrupted.
  ///
  /// - Throws: ``NetworkError`` (`invalidArgument`) for a negative number.
  public func setUpdateCount(_ count: Int) throws {
    guard count >= 0 else {
      throw NetworkError(.invalidArgument, "the number of updates \(count) must not be negative")
    }
    try training().updateCount = count
  }

  /// Waits for the device and reads how many batches were run with dropout, on which their random numbers depend.
  public func stepNumber() throws -> Int {
    Int(try Tensor(training().stepNumber, shape: [1]).int32s()[0])
  }

  /// Sets the number of batches that were run, to resume a training that was interrupted.
  public func setStepNumber(_ number: Int) throws {
    try Tensor(training().stepNumber, shape: [1]).write([Int32(truncatingIfNeeded: number)])
  }
}
