import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct ParametersTests {
  private let example = TestNetwork.all[0]

  private func make() throws -> Parameters {
    try Parameters(example.network, seed: 1, on: ReferenceBackend())
  }

  private func tensors(_ parameters: Parameters) throws -> [String: (shape: Shape, values: [Float])] {
    try Dictionary(uniqueKeysWithValues: parameters.all().map { ($0.name, (shape: $0.shape, values: $0.values)) })
  }

  @Test func whatIsLoadedIsReadBack() throws {
    let source = try make()
    let target = try Parameters(example.network, seed: 2, on: ReferenceBackend())
    #expect(try target.values(of: "conv1.weight") != source.values(of: "conv1.weight"))
    try target.load(tensors(source))
    for name in source.names { #expect(try target.values(of: name) == source.values(of: name)) }
    #expect(try target.all().map(\.values) == source.all().map(\.values))
  }

  @Test func whatDiffersIsListedAndNothingChanges() throws {
    let parameters = try make()
    let before = try parameters.all().map(\.values)
    var wrong = try tensors(parameters)
    wrong["conv1.weight"]?.values = Array(repeating: 9, count: 36)
    wrong["conv1.bias"] = nil
    wrong["dense1.bias"]?.shape = [1, 5]
    wrong["dense2.bias"]?.values.removeLast()
    wrong["foo"] = (shape: [1], values: [1])
    let error = #expect(throws: NetworkError.self) { try parameters.load(wrong) }
    #expect(error?.code == .mismatchedParameters)
    #expect(
      error?.message == "the tensors do not fit the network: conv1.bias is missing; "
        + "dense1.bias must have the shape [5], not [1, 5]; dense2.bias of shape [3] needs 3 values, not 2; foo is unknown"
    )
    #expect(try parameters.all().map(\.values) == before)
  }

  @Test func manyDifferencesAreCounted() throws {
    let error = #expect(throws: NetworkError.self) {
      try Parameters(.leNet(classes: 10), seed: 1, on: ReferenceBackend()).load([:])
    }
    #expect(error?.message.hasSuffix("; and 2 more") == true)
  }

  @Test func anUnknownNameIsAnError() throws {
    let error = #expect(throws: NetworkError.self) { try make().values(of: "conv9.weight") }
    #expect(error?.message.contains("no parameter named 'conv9.weight'") == true)
    #expect(throws: NetworkError.self) { try make().shape(of: "conv9.weight") }
  }

  @Test func parametersOfAnotherNetworkAreRefused() throws {
    let parameters = try make()
    let error = #expect(throws: NetworkError.self) { try TrainingStep(.leNet(classes: 10), parameters, batch: 1) }
    #expect(error?.code == .mismatchedParameters)
    #expect(throws: NetworkError.self) { try InferenceStep(.leNet(classes: 10), parameters, batch: 1) }
  }

  @Test(arguments: [1, 8, 32]) func slotsAreAlignedAndApart(alignment: Int) throws {
    let parameters = try TrainingGraph(.leNet(classes: 10), batch: 1, loss: .softmaxCrossEntropy).graph.parameters
    let layout = ParameterLayout(parameters, alignment: alignment)
    var end = 0
    for slot in layout.slots {
      #expect(slot.offset % alignment == 0)
      #expect(slot.offset >= end && slot.offset < end + alignment)
      end = slot.elements.upperBound
    }
    #expect(layout.count == end)
  }
}
