import DeltaCL

/// A convolution that can be asked for by a name or by its numbers.
struct LayerShape {
  let name: String
  /// The numbers in the ``form``.
  let numbers: String
  let convolution: Convolution

  /// What `--shape` takes.
  static let form = "N,H,W,C,K,R,S,stride,padding[,dilation,groups]"

  /// Typical layers: LeNet's, 3x3 layers of VGG and ResNet from large images to small ones, a 1x1, a first and a strided one.
  private static let numbersByName: [(name: String, numbers: String)] = [
    ("lenet-conv1", "64,28,28,1,20,5,5,1,0"),
    ("lenet-conv2", "64,12,12,20,50,5,5,1,0"),
    ("vgg-cifar-64", "32,32,32,64,64,3,3,1,1"),
    ("vgg-128", "16,56,56,128,128,3,3,1,1"),
    ("resnet-128", "16,28,28,128,128,3,3,1,1"),
    ("resnet-256", "16,14,14,256,256,3,3,1,1"),
    ("resnet-512", "16,7,7,512,512,3,3,1,1"),
    ("pointwise-1024", "16,14,14,256,1024,1,1,1,0"),
    ("first-7x7", "8,224,224,3,64,7,7,2,3"),
    ("strided-256", "16,56,56,128,256,3,3,2,1"),
  ]

  static var names: [String] { numbersByName.map(\.name) }

  /// A layer by its name.
  ///
  /// - Throws: ``CommandFailure`` with the known names.
  init(named name: String) throws {
    guard let entry = Self.numbersByName.first(where: { $0.name == name.lowercased() }) else {
      throw CommandFailure("there is no layer named '\(name)'; known are \(Self.names.joined(separator: ", "))")
    }
    self.init(name: entry.name, numbers: entry.numbers, try LayerShape(parsing: entry.numbers).convolution)
  }

  /// A layer by its numbers in the ``form``; stride, padding and dilation may be two, as `2x1`. The text is its name.
  ///
  /// - Throws: ``CommandFailure`` for another form, `DeltaCLError` for an impossible convolution.
  init(parsing text: String) throws {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { field in
      field.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    }
    // Only stride, padding and dilation have an axis of their own for rows and for columns.
    let isValid = fields.enumerated().allSatisfy { index, values in
      values.allSatisfy { $0 != nil } && (values.count == 1 || values.count == 2 && (7...9).contains(index))
    }
    guard (9...11).contains(fields.count), isValid else {
      throw CommandFailure("the shape '\(text)' must be \(Self.form), as 16,56,56,128,256,3,3,2,1")
    }
    let extents = fields.map { values -> Extent in
      let numbers = values.compactMap(\.self)
      return Extent(numbers[0], numbers[numbers.count - 1])
    }
    // The library allows an empty batch, but there is nothing to measure.
    guard extents[0].rows != 0 else { throw CommandFailure("the shape '\(text)' has no image: give at least one") }
    self.init(name: text, numbers: text, try Self.convolution(extents, text))
  }

  private static func convolution(_ extents: [Extent], _ text: String) throws(DeltaCLError) -> Convolution {
    let numbers = extents.map(\.rows)
    do {
      return try Convolution(
        batch: numbers[0], inputSize: Extent(numbers[1], numbers[2]), inputChannels: numbers[3],
        outputChannels: numbers[4], kernelSize: Extent(numbers[5], numbers[6]), stride: extents[7],
        padding: Padding(extents[8].rows, extents[8].columns), dilation: extents.count > 9 ? extents[9] : 1,
        groups: extents.count > 10 ? numbers[10] : 1)
    } catch {
      throw DeltaCLError(error.code, "the shape '\(text)': \(error.message)")
    }
  }

  private init(name: String, numbers: String, _ convolution: Convolution) {
    self.name = name
    self.numbers = numbers
    self.convolution = convolution
  }

  /// What a training step runs in one direction.
  func operations(_ direction: BenchDirection) -> [TensorOperation] {
    switch direction {
    case .forward: return [.convolution(convolution, bias: true)]
    case .delta: return [.convolutionDelta(convolution)]
    case .gradient:
      let output = convolution.outputShape.dimensions
      return [
        .convolutionGradient(convolution),
        .biasGradient(rows: output[0] * output[1] * output[2], channels: output[3]),
      ]
    }
  }
}
