import DeltaCL
import Testing

@testable import deltacl

@Suite struct LayerShapeTests {
  @Test func everyNamedLayerIsValid() throws {
    #expect(LayerShape.names.count == 10)
    for name in LayerShape.names {
      let layer = try LayerShape(named: name)
      #expect(layer.name == name)
      #expect(layer.convolution.floatingPointOperations > 0)
    }
  }

  @Test func numbersAreReadInOrder() throws {
    let layer = try LayerShape(parsing: "2,9,8,6,4,3,1,2x1,1x0,1x2,2")
    #expect(layer.name == "2,9,8,6,4,3,1,2x1,1x0,1x2,2")
    #expect(
      layer.convolution
        == (try Convolution(
          batch: 2, inputSize: Extent(9, 8), inputChannels: 6, outputChannels: 4, kernelSize: Extent(3, 1),
          stride: Extent(2, 1), padding: Padding(1, 0), dilation: Extent(1, 2), groups: 2)))
    let short = try LayerShape(parsing: "1,5,5,3,7,3,3,2,1").convolution
    #expect(short.dilation == 1)
    #expect(short.groups == 1)
    #expect(short.outputShape == [1, 3, 3, 7])
  }

  @Test(arguments: [
    "", "1", "1,5,5,3,7,3,3,2", "1,5,5,3,7,3,3,2,1,1,1,1", "1,5,5,3,7,3,3,2,", "1,5,5,3,7,3,3,a,1",
    "1,5x5,5,3,7,3,3,2,1", "1,5,5,3,7,3,3,1x1x1,1", "1,5,5,3,7,3,3,2,1,1,1x1", "1,5,5,3,7,3,3,99999999999999999999,1",
    "1 ,5,5,3,7,3,3,1,1", "0,5,5,3,7,3,3,1,1",
  ])
  func anotherFormIsRefused(text: String) {
    #expect(throws: CommandFailure.self) { try LayerShape(parsing: text) }
  }

  @Test(arguments: [
    "1,5,5,3,7,3,3,0,1", "1,5,5,3,7,7,7,1,0", "1,5,5,3,7,3,3,1,-1", "1,5,5,3,7,3,3,1,1,1,2", "-1,5,5,3,7,3,3,1,1",
    "9223372036854775807,5,5,3,7,3,3,1,1",
  ])
  func impossibleNumbersAreRefused(text: String) {
    #expect(throws: DeltaCLError.self) { try LayerShape(parsing: text) }
  }

  @Test func anUnknownNameListsTheKnown() {
    #expect { try LayerShape(named: "none") } throws: { "\($0)".contains("resnet-128") }
  }

  @Test func aDirectionIsWhatATrainingStepRuns() throws {
    let layer = try LayerShape(named: "lenet-conv2")
    #expect(layer.operations(.forward) == [.convolution(layer.convolution, bias: true)])
    #expect(layer.operations(.delta) == [.convolutionDelta(layer.convolution)])
    #expect(
      layer.operations(.gradient)
        == [.convolutionGradient(layer.convolution), .biasGradient(rows: 64 * 8 * 8, channels: 50)])
  }
}
