public import DeltaCL

/// A network as a value: its input, its classes and its layers. Its parameters live in ``Parameters``.
public struct Network: Sendable {
  /// The name that selects the network, such as `lenet`.
  public let name: String
  /// Rows and columns of an image.
  public let inputSize: Extent
  /// Channels of an image.
  public let inputChannels: Int
  /// The number of classes, which is the number of logits for an image.
  public let classes: Int
  /// The layers, from images `[N, H, W, C]` to logits `[N, classes]`.
  public let model: any Layer

  /// Creates a network; whether its layers fit each other shows when ``Parameters`` or a step are made from it.
  public init(name: String, inputSize: Extent, inputChannels: Int, classes: Int, model: any Layer) {
    self.name = name
    self.inputSize = inputSize
    self.inputChannels = inputChannels
    self.classes = classes
    self.model = model
  }

  /// The same layers for images of another size; whether they fit shows as for every network.
  public func resized(to inputSize: Extent) -> Network {
    Network(name: name, inputSize: inputSize, inputChannels: inputChannels, classes: classes, model: model)
  }

  /// `[batch, H, W, C]`.
  public func inputShape(batch: Int) -> Shape {
    [batch, inputSize.rows, inputSize.columns, inputChannels]
  }

  /// The forward pass for a batch shape.
  ///
  /// - Throws: ``NetworkError`` that names the layer which does not fit its input.
  func forward(batch: Int, mode: GraphBuilder.Mode) throws -> Forward {
    guard batch >= 1 else {
      throw NetworkError(.invalidArgument, "network \(name): the batch size \(batch) must be at least 1")
    }
    guard inputSize.rows >= 1, inputSize.columns >= 1, inputChannels >= 1,
      inputShape(batch: batch).elementCount <= Shape.maximumElementCount
    else {
      throw NetworkError(
        .invalidArgument, "network \(name): images of shape \(inputShape(batch: batch)) are empty or too large")
    }
    var builder = GraphBuilder(mode: mode)
    let images = builder.graph.add("images", inputShape(batch: batch), role: .input)
    do {
      let output = try model(images, in: &builder)
      return Forward(graph: builder.graph, images: images, output: output, layers: builder.layers)
    } catch let error as DeltaCLError {
      throw NetworkError(.invalidLayer, "network \(name): \(error.message)")
    }
  }

  /// A forward pass on its own.
  struct Forward {
    let graph: Graph
    let images: GraphValue
    let output: GraphValue
    /// The layers that were applied under a name, each after those within it.
    let layers: [AppliedLayer]
  }
}
