import DeltaCL
public import DeltaCLData
import Synchronization

extension ImageFiles {
  /// Reads and decodes every image once, on all processors, so that a training run does not meet a bad one after hours.
  ///
  /// - Parameter warn: Is told what a person should know about files that are read nevertheless, in their order.
  /// - Returns: The images that cannot be read, in their order, and why.
  public func failures(warn: (String) -> Void = { _ in }) -> [(index: Int, error: DataError)] {
    let findings = Mutex<[(index: Int, warnings: [String], error: DataError?)]>([])
    CheckedThread.forEach(below: count) { index in
      var warnings: [String] = []
      var failure: DataError?
      do throws(DataError) {
        _ = try Image(contentsOf: path(at: index)) { warnings.append($0) }
      } catch {
        failure = error
      }
      guard failure != nil || !warnings.isEmpty else { return }
      findings.withLock { $0.append((index, warnings, failure)) }
    }
    let ordered = findings.withLock { $0.sorted { $0.index < $1.index } }
    for finding in ordered { finding.warnings.forEach(warn) }
    return ordered.compactMap { finding in finding.error.map { (finding.index, $0) } }
  }
}
