import DeltaCL

/// A number for each parameter of a network, in one contiguous storage whose gaps are 0: values, gradients or velocities.
final class ParameterBuffer: Sendable {
  let layout: ParameterLayout
  let storage: any Storage
  /// The parts of ``storage`` that belong to the slots of ``layout``.
  let slices: [any Storage]

  /// Allocates a buffer and fills it with `values` in the order of the layout's slots, or with zeros.
  init(_ layout: ParameterLayout, values: [[Float]]? = nil, on backend: any Backend) throws {
    self.layout = layout
    let storage = try backend.allocate(.float32, count: layout.count)
    self.storage = storage
    slices = try layout.slots.map { try storage.slice(offset: $0.offset, count: $0.shape.elementCount) }
    try write(values ?? [])
  }

  /// Replaces all numbers; slots without values become 0.
  func write(_ values: [[Float]]) throws {
    var contents = [Float](repeating: 0, count: layout.count)
    for (slot, values) in zip(layout.slots, values) {
      contents.replaceSubrange(slot.elements, with: values)
    }
    try Tensor(storage, shape: [layout.count]).write(contents)
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
