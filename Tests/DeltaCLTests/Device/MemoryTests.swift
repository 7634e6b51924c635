import DeltaCL
import OpenCL
import Testing

@Suite struct MemoryTests {
  /// Nothing touches the memory, which drivers and operating systems hand out before they have it.
  @Test func moreMemoryThanThereIsIsAnError() throws {
    let backend = try #require(TestDevice.newBackend() as? OpenCLBackend)
    let count = min(Shape.maximumElementCount, backend.device.maximumAllocationBytes / 4)
    var held: [any Storage] = []
    expectError(
      .outOfMemory, naming: "\(count * 4) bytes", "\(backend.device.maximumAllocationBytes) bytes", "are taken",
      "smaller batch"
    ) {
      for _ in 0...backend.device.globalMemoryBytes / (count * 4) {
        held.append(try backend.allocate(.float32, count: count))
      }
    }
    held = []
    #expect(throws: Never.self) { try backend.allocate(.float32, count: 16) }
  }
}
