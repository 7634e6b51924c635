/// An operation with its tensors bound: all that is left is to enqueue it, any number of times.
///
/// Not `Sendable`: an instance belongs to one thread at a time.
public protocol BoundOperation: AnyObject {
  /// Appends the operation to the backend's queue and returns at once.
  func enqueue() throws
}
