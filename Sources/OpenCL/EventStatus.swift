import COpenCL

/// How far a command has come.
public enum EventStatus: Hashable, Sendable {
  /// It waits in the queue.
  case queued
  /// It was handed to the device.
  case submitted
  /// It runs.
  case running
  /// It has finished.
  case complete
  /// It was ended by an error.
  case failed(OpenCLStatus)

  init(_ execution: cl_int) {
    switch execution {
    case CL_COMPLETE: self = .complete
    case CL_RUNNING: self = .running
    case CL_SUBMITTED: self = .submitted
    case ..<0: self = .failed(OpenCLStatus(execution))
    default: self = .queued
    }
  }
}
