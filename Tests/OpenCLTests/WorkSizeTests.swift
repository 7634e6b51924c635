import OpenCL
import Testing

@Suite struct WorkSizeTests {
  @Test func countsAndPrints() {
    #expect(WorkSize(7).count == 7)
    #expect(WorkSize(7, 2, 3).count == 42)
    #expect(WorkSize(.max, 2).count == nil)
    #expect(WorkSize(64, 8).description == "64x8")
  }

  @Test func roundsUpEachDimension() {
    #expect(WorkSize(10, 16).roundedUp(toMultipleOf: WorkSize(8, 8)) == WorkSize(16, 16))
    #expect(WorkSize(10).roundedUp(toMultipleOf: WorkSize(8, 8)) == nil)
    #expect(WorkSize(10).roundedUp(toMultipleOf: WorkSize(0)) == nil)
    #expect(WorkSize(.max).roundedUp(toMultipleOf: WorkSize(2)) == nil)
  }

  @Test func dimensionsTakePartInEquality() {
    #expect(WorkSize(8) != WorkSize(8, 1))
    #expect(Set([WorkSize(8), WorkSize(8), WorkSize(8, 1)]).count == 2)
  }
}
