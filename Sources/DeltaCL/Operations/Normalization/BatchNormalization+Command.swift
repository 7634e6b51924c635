extension BatchNormalization {
  /// The descriptor that x and attributes of `deltacl op` ask for.
  init(_ arguments: OperationArguments) throws(DeltaCLError) {
    let (rows, channels) = try arguments.rowsAndChannels(of: "x")
    try self.init(rows: rows, channels: channels, epsilon: arguments.epsilon, momentum: arguments.momentum)
  }
}
