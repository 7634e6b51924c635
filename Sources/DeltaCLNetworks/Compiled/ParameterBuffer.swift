import DeltaCL
import OpenCL

/// A number for each parameter of a network, in one contiguous storage whose gaps are 0: values, gradients or velocities.
final class ParameterBuffer: Sendable {
  let layout: ParameterLayout
  let storage: any Storage
  /// The parts of ``storage`` that belong to the slots of ``layout``.
  let slices: [any Storage]

  /// Allocates a buffer of zeros.
  convenience init(_ layout: ParameterLayout, on backend: any Backend) throws {
    try self.init(uninitialized: layout, on: backend)
    // The device writes them: one thread would take long to fill and copy all parameters of a large network.
    if layout.count > 0 {
      let plan = try backend.plan(for: .fill(count: layout.count, value: 0))
      try plan.bind([storage], scratch: backend.sharedScratch(for: plan), label: "parameters fill").enqueue()
    }
  }

  /// Allocates a buffer and fills it as ``write(_:)`` does.
  convenience init(
    _ layout: ParameterLayout, on backend: any Backend,
    values fill: (_ slot: Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    try self.init(uninitialized: layout, on: backend)
    try write(fill)
  }

  private init(uninitialized layout: ParameterLayout, on backend: any Backend) throws {
    self.layout = layout
    let storage = try backend.allocate(.float32, count: layout.count)
    self.storage = storage
    slices = try layout.slots.map { try storage.slice(offset: $0.offset, count: $0.shape.elementCount) }
  }

  /// Replaces all numbers.
  ///
  /// - Parameter fill: Writes the numbers of a slot, which are 0 before.
  func write(_ fill: (_ slot: Int, UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    if layout.count == 0 { return }
    let memory = try HostMemory(byteCount: layout.count * ElementType.float32.byteCount)
    try memory.withUnsafeMutableBytes { bytes in
      let contents = bytes.bindMemory(to: Float.self)
      for (index, slot) in layout.slots.enumerated() {
        try fill(index, UnsafeMutableBufferPointer(rebasing: contents[slot.elements]))
      }
    }
    try storage.write(memory)
  }

  /// Waits and reads the numbers of one slot.
  func read(_ index: Int) throws -> [Float] {
    try Tensor(slices[index], shape: layout.slots[index].shape).floats()
  }

  /// Waits and reads all numbers, in the order of the layout's slots.
  func read() throws -> [[Float]] {
    let contents = try Tensor(storage, shape: [layout.count]).floats()
    return layout.slots.map { Array(contents[$0.elements]) }
  }
}
