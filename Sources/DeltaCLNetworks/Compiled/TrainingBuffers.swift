import DeltaCL
import Synchronization

/// What training adds to the parameters of a network: gradients, what the optimiser keeps, sums over batches, averages, and counts.
final class TrainingBuffers: Sendable {
  let gradients: ParameterBuffer
  /// The number of batches that were run with dropout, an `int32`.
  let stepNumber: any Storage
  private let layout: ParameterLayout
  private let backend: any Backend
  private let contents = Mutex(Contents())

  private struct Contents {
    var state: [String: ParameterBuffer] = [:]
    var sums: ParameterBuffer?
    var averages: Parameters?
    var updateCount = 0
    var batchCount = 0
  }

  init(_ layout: ParameterLayout, on backend: any Backend) throws {
    self.layout = layout
    self.backend = backend
    gradients = try ParameterBuffer(layout, on: backend)
    stepNumber = try Tensor([0] as [Int32], shape: [1], on: backend).storage
  }

  /// The updates that were made.
  var updateCount: Int {
    get { contents.withLock { $0.updateCount } }
    set { contents.withLock { $0.updateCount = newValue } }
  }

  /// The batches whose gradients wait for the next update.
  var batchCount: Int {
    get { contents.withLock { $0.batchCount } }
    set { contents.withLock { $0.batchCount = newValue } }
  }

  /// The names of what the optimiser keeps for each parameter.
  var stateNames: [String] { contents.withLock { $0.state.keys.sorted() } }

  /// What the optimiser keeps under a name, 0 at first.
  func state(_ name: String) throws -> ParameterBuffer {
    try contents.withLock { contents in
      if let buffer = contents.state[name] { return buffer }
      let buffer = try ParameterBuffer(layout, on: backend)
      contents.state[name] = buffer
      return buffer
    }
  }

  /// The sums of gradients over the batches of a step.
  func sums() throws -> ParameterBuffer {
    try contents.withLock { contents in
      if let sums = contents.sums { return sums }
      let sums = try ParameterBuffer(layout, on: backend)
      contents.sums = sums
      return sums
    }
  }

  /// The moving averages of `parameters`, 0 before the first update.
  func averages(of parameters: Parameters) throws -> Parameters {
    try contents.withLock { contents in
      if let averages = contents.averages { return averages }
      let averages = try Parameters(averagesOf: parameters)
      contents.averages = averages
      return averages
    }
  }
}
