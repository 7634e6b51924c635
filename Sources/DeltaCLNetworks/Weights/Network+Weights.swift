import DeltaCL
public import DeltaCLData

extension Network {
  /// The parameters and then the statistics, in the order in which the layers declare them.
  func weights() throws -> [Graph.Entry] {
    let graph = try forward(batch: 1, mode: .inference).graph
    return graph.parameters + graph.statistics
  }

  /// The parameters of the last layer that has some, whose outputs are the classes.
  func head() throws -> [Graph.Entry] {
    let parameters = try forward(batch: 1, mode: .inference).graph.parameters
    guard let last = parameters.last else { return [] }
    return parameters.filter { Self.layer(of: $0.name) == Self.layer(of: last.name) }
  }

  /// The name of the layer that declares a parameter.
  private static func layer(of name: String) -> Substring {
    name.lastIndex(of: ".").map { name[..<$0] } ?? ""
  }

  /// How PyTorch holds a parameter or statistic.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if that is not known.
  func pyTorchLayout(of entry: Graph.Entry) throws(NetworkError) -> PyTorchLayout {
    guard let layout = entry.pyTorchLayout else {
      throw NetworkError(
        .mismatchedParameters,
        "network \(name): \(entry.name) follows a sum of flattened and other features, whose order in PyTorch is not known"
      )
    }
    return layout
  }

  /// Weights as PyTorch's `load_state_dict` takes them: in its layout and, for batch normalisation, with the counter of batches.
  ///
  /// - Parameters:
  ///   - tensors: The weights by name, in this library's layout.
  ///   - step: The number of batches that were seen.
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if they do not fit the network or PyTorch's layout is not known.
  public func pyTorchTensors(
    _ tensors: [String: (shape: Shape, values: [Float])], step: Int = 0
  ) throws -> [String: HostTensor] {
    let entries = try weights()
    try ParameterLayout(entries, alignment: 1).validate(tensors)
    var result: [String: HostTensor] = [:]
    for entry in entries {
      guard let values = tensors[entry.name]?.values else { continue }
      let layout = try pyTorchLayout(of: entry)
      result[entry.name] = try HostTensor(floats: layout.toPyTorch(values), shape: layout.shape.dimensions)
      if entry.name.hasSuffix(".running_mean") {
        let counter = entry.name.replacing("running_mean", with: "num_batches_tracked")
        result[counter] = try HostTensor(int64: Int64(step))
      }
    }
    return result
  }
}
