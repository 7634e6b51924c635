import Testing

@testable import DeltaCL

@Suite struct PlanSummaryTests {
  @Test func kernelsAreNamedInOrderWithTheirConstants() {
    var list = LaunchList()
    #expect(list.summary == "no work")
    list.append(Launch("pad", in: "source", constants: ["V": 1, "TILE": 1], [:], globalSize: [4]))
    for _ in 0..<4 {
      list.append(Launch("pack", in: "source", constants: ["V": 16], [:], globalSize: [4]))
      list.append(Launch("correlate", in: "source", constants: ["V": 16, "TILE": 12], [:], globalSize: [4, 1, 2]))
    }
    list.append(Launch("never", in: "source", [:], globalSize: [0]))
    #expect(list.summary == "pad, 4 pack V=16, 4 correlate TILE=12 V=16")
  }

  @Test(arguments: [TestDevice.selection, "reference"]) func everyPlanHasASummary(selection: String) throws {
    let backend = try Backends.select(selection)
    #expect(try !backend.plan(for: .fill(count: 3, value: 1)).summary.isEmpty)
    #expect(try !backend.plan(for: .dense(Dense(batch: 2, inputs: 3, outputs: 4), bias: true)).summary.isEmpty)
  }
}
