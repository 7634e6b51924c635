import DeltaCL
import Foundation

/// What the tests run on.
enum TestDevice {
  /// The backend under test: `DELTACL_TEST_DEVICE`, or the machine's CPU through OpenCL. A machine without fails the tests.
  static func backend() throws -> any Backend {
    try Backends.select(ProcessInfo.processInfo.environment["DELTACL_TEST_DEVICE"] ?? "cpu")
  }

  /// Whether only the tiny cases run (`DELTACL_TEST_SHAPES=small`), for an interpreter or a second code generator.
  static let usesSmallShapes = ProcessInfo.processInfo.environment["DELTACL_TEST_SHAPES"] == "small"
}
