import OpenCL
import Testing

@testable import DeltaCL
@testable import DeltaCLNetworks

/// Every launch binds each parameter of its kernel by the parameter's name, in order, and to a value of its type.
@Suite struct KernelArgumentTests {
  /// What decides on the parameters of a kernel: constants that the sources ask for where they declare them.
  private struct Signature: Hashable {
    let source: String
    let kernel: String
    let constants: [String: Int]
    let definitions: String

    init(_ launch: Launch) {
      source = launch.program.source
      kernel = launch.kernel
      constants = launch.program.constants.filter {
        ["ACTIVATION", "EPILOGUE", "PARTS", "TERM", "FINISH"].contains($0.key)
      }
      definitions = launch.program.definitions
    }
  }

  /// Sums so long that they have parts, and algorithms that no network takes.
  private func otherOperations() throws -> [TensorOperation] {
    let wide = try Convolution(
      batch: 2, inputSize: Extent(40, 37), inputChannels: 300, outputChannels: 40, kernelSize: 3, padding: 1)
    let depthwise = try Convolution(
      batch: 2, inputSize: 99, inputChannels: 3, outputChannels: 3, kernelSize: 20, padding: 1, groups: 3)
    let few = try Convolution(
      batch: 2, inputSize: 20, inputChannels: 2, outputChannels: 400, kernelSize: 3, stride: 5, padding: 1)
    let dense = try Dense(batch: 5, inputs: 4_096, outputs: 2_000)
    let average = try AveragePooling(
      Pooling(batch: 1, inputSize: 40, channels: 3, window: 40, stride: 1, padding: 0))
    let operations: [TensorOperation] = [
      .dense(dense, bias: true), .denseDelta(dense), .denseGradient(dense), .biasGradient(rows: 9, channels: 5),
      .averagePooling(average), .averagePoolingDelta(average),
      .activation(.relu, count: 9), .activationDelta(.leakyReLU(slope: 0.5), count: 9),
      .dropout(try Dropout(count: 9, probability: 0.5, seed: 1, layer: 0)), .increment, .softmax(rows: 3, classes: 5),
      .softmaxDelta(rows: 3, classes: 5), .softmaxCrossEntropy(rows: 3, classes: 500), .meanSquaredError(count: 9),
      .correctPredictions(rows: 3, classes: 5), .add(count: 9), .scale(count: 9, factor: 2), .fill(count: 9, value: 1),
      .copy(count: 9), .sgd(try SGDUpdate(count: 9)), .adam(try AdamUpdate(count: 9)),
      .rmsprop(try RMSpropUpdate(count: 9)), .lion(try LionUpdate(count: 9)), .movingAverage(count: 9),
      .clipValue(count: 9, limit: 1), .clipNorm(count: 9, maximum: 1),
      try .elementwise(.input(0) * .silu(.input(1)) + 2, inputs: [[3, 1, 5], [4, 5]]),
      try .reduction(.mean, shape: [3, 5], axes: [1]), try .reduction(.l1, shape: [3, 5], axes: [0]),
      try .reduction(.logSumExp, shape: [3, 500], axes: [1]), try .reduction(.argMax, shape: [3, 5], axes: [1]),
      try .reduction(.argMin, shape: [3, 5], axes: [0]),
    ]
    let gather = try Gather([5, 3], indices: [4])
    let resize = try Resize(batch: 1, inputSize: 3, outputSize: 5, channels: 2)
    let layout: [TensorOperation] = try [
      .stridedCopy(.slice([9], starts: [1], ends: [3])), .stridedCopy(.transpose([20, 30], axes: [1, 0])),
      .stridedCopy(StridedCopy.expand([1, 3], to: [5, 3]).adjoint), .gather(gather), .scatterAdd(gather),
      .resize(resize), .resizeDelta(resize), .topK(TopK([2, 9_000], k: 3)), .topKDelta(TopK([9], k: 3)),
      .matmul(Matmul([3, 8, 8], [3, 8, 8])),
    ]
    let response = try LocalResponseNormalization([9, 4], size: 3)
    return operations + layout
      + [.localResponseNormalization(response), .localResponseNormalizationDelta(response)]
      + [wide, depthwise, few].flatMap {
        [
          .convolution($0, bias: true), .convolutionDelta($0), .convolutionGradient($0),
          .fused(.convolutionDelta($0), .activationDelta(.tanh)),
        ]
      }
  }

  private func operations() throws -> [TensorOperation] {
    try Network.benchmarkNames.flatMap { name in
      let network = try Network.named(name, classes: 10)
      let training = try TrainingGraph(network, batch: 8, loss: .softmaxCrossEntropy, dropoutSeed: 1)
      let inference = try network.forward(batch: 1, mode: .inference)
      return [
        training.graph.fused(keeping: [training.output.id, training.loss.id]),
        inference.graph.fused(keeping: [inference.output.id]),
      ].flatMap { $0.nodes.map(\.operation) }
    } + otherOperations()
  }

  @Test func argumentsAreThoseOfTheKernels() throws {
    let device = try #require(Backends.choose("cpu").candidate.device)
    let context = try Context(device)
    var seen: Set<Signature> = []
    var kernels: Set<String> = []
    for operation in Set(try operations()) {
      for planner in [Planner.cpu, .gpu] {
        let plans =
          [try planner.decide(operation)]
          + planner.candidates(for: operation).compactMap {
            try? planner.choosing($0).decide(operation)
          }
        for launch in plans.flatMap(\.launches.launches) where seen.insert(Signature(launch)).inserted {
          let options = (launch.program.options + ["-cl-kernel-arg-info"]).joined(separator: " ")
          let program = try Program(
            context, sources: [KernelSource.program(launch.program)], options: options)
          let parameters = try Kernel(program, name: launch.kernel).parameters()
          #expect(launch.arguments.names == parameters.map(\.name), "\(launch.summary)")
          for (parameter, argument) in zip(parameters, launch.arguments.values) {
            let types = types(of: argument, operation)
            #expect(types.contains(parameter.typeName), "\(launch.summary): \(parameter) is bound to \(argument)")
          }
          kernels.insert(launch.kernel)
        }
      }
    }
    // All but the kernels that measure ceilings, which no plan uses.
    #expect(kernels.count >= 76)
  }

  private func types(of argument: Launch.Argument, _ operation: TensorOperation) -> [String] {
    switch argument {
    case .int: ["int"]
    case .float: ["float"]
    case .scratch: ["float*", "int*"]
    case .operand(let position):
      switch operation.operands[position].elementType {
      case .float32: ["float*"]
      case .int32: ["int*"]
      }
    }
  }
}
