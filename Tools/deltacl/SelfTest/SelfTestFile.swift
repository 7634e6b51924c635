import DeltaCL
import DeltaCLData

/// The file that a self-test is kept in, for all commands that open the device.
struct SelfTestFile: Sendable {
  let path: String

  /// Finds the place of a device's file and makes the folder.
  ///
  /// - Throws: ``CommandFailure`` where there is no folder and none can be made.
  init(for subject: TuningSubject) throws {
    path = "\(try CacheFolder.make(for: "the self-test"))/\(subject.fileName(.selfTest))"
  }

  /// Replaces what the file holds.
  ///
  /// - Throws: `DataError` where it cannot be written.
  func write(_ record: SelfTestRecord) throws {
    try AtomicFile.write(record.json(), to: path)
  }
}
