extension Deltacl {
  /// The files that a training leaves, in the order of their names.
  static let trainingFiles = [
    "best.safetensors", "curves.svg", "last.safetensors", "metrics.jsonl", "model.safetensors", "recipe.json",
  ]

  /// Trains on the digits and writes into the folder `output`.
  static func train(_ output: String, _ arguments: String...) throws -> Deltacl {
    try Deltacl(["train", "--dataset", "digits", "--output", output] + arguments)
  }
}
