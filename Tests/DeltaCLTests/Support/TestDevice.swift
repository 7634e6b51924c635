import DeltaCL
import Foundation

/// What the tests run on.
enum TestDevice {
  /// The device under test: `DELTACL_TEST_DEVICE`, or the machine's CPU through OpenCL. A machine without fails the tests.
  static let selection = ProcessInfo.processInfo.environment["DELTACL_TEST_DEVICE"] ?? "cpu"

  /// Whether only the tiny cases run (`DELTACL_TEST_SHAPES=small`), which is what an interpreter can do.
  static let usesSmallShapes = ProcessInfo.processInfo.environment["DELTACL_TEST_SHAPES"] == "small"

  /// The backend under test.
  ///
  /// With small shapes it is a new one each time: Oclgrind crashes where a thread uses a context that another one made.
  static func backend() throws -> any Backend {
    try usesSmallShapes ? newBackend() : Backends.select(selection)
  }

  /// Another backend on the device under test, with a context, queue and programs of its own.
  static func newBackend() throws -> any Backend {
    let candidate = try Backends.choose(selection).candidate
    guard let device = candidate.device else { return ReferenceBackend() }
    return try OpenCLBackend(device, selector: candidate.selector)
  }
}
