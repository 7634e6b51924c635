extension Activation {
  /// The attributes that the function takes in `deltacl op`.
  var attributes: [OperationAttribute] {
    if case .leakyReLU = self { [.slope] } else { [] }
  }

  /// The same function with another slope, if it has one.
  func with(slope: Float) -> Activation {
    if case .leakyReLU = self { .leakyReLU(slope: slope) } else { self }
  }
}
