import ArgumentParser
import DeltaCL
import OpenCL

/// Work on many inputs of which some may be bad: each of those gets a line on standard error, and the others are processed.
struct InputFailures {
  private var count = 0

  /// Works on one input.
  ///
  /// - Throws: What concerns the other inputs as well: standard output that cannot be written, a device that fails.
  mutating func attempt(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch let error as OutputFailure {
      throw error
    } catch let error as OpenCLError {
      throw error
    } catch let error as DeltaCLError where error.code == .deviceFailure {
      throw error
    } catch {
      Output.failure(error)
      count += 1
    }
  }

  /// Throws the exit status 1 if an input was bad.
  func end() throws {
    if count > 0 { throw ExitCode(1) }
  }
}
