import DeltaCL
import DeltaCLData
import OpenCL

/// The file that tuning is kept in.
struct TuningFile {
  let path: String
  private let folder: String
  private let subject: TuningSubject

  /// Finds the place of a device's file and makes the folder.
  ///
  /// - Throws: ``CommandFailure`` if there is no folder and none can be made.
  init(for device: Device) throws {
    guard let folder = Tuning.cacheFolder else {
      throw CommandFailure("there is no folder to keep the tuning in: set DELTACL_CACHE_DIR to one")
    }
    subject = try TuningSubject(device, family: Backends.defaultFamily)
    self.folder = folder
    path = "\(folder)/\(subject.fileName)"
    do {
      try FileSystem.createFolder(folder)
    } catch {
      throw CommandFailure("cannot make the cache folder \(folder): choose another with DELTACL_CACHE_DIR")
    }
  }

  /// What the file holds; `nil` if there is none that can be used.
  func read() -> Tuning? {
    Tuning.load(for: subject, from: folder)
  }

  /// Reads the file again, changes what is in it and writes it, while no other process does so.
  ///
  /// - Throws: `DataError` if it cannot be written; ``CommandFailure`` if the folder cannot be locked.
  func update(_ change: (inout Tuning) -> Void) throws {
    let lock = FolderLock(waitingFor: folder)
    try withExtendedLifetime(lock) {
      var tuning = read() ?? Tuning(for: subject)
      change(&tuning)
      try AtomicFile.write(tuning.json(), to: path)
    }
  }
}
