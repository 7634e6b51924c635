import DeltaCL
import DeltaCLData

/// The folder that what is learnt of devices is kept in, see `Tuning.cacheFolder`.
enum CacheFolder {
  /// Makes the folder where it is missing, and returns its path.
  ///
  /// - Parameter content: What is to be kept there, for the error.
  /// - Throws: ``CommandFailure`` where there is none and none can be made.
  static func make(for content: String) throws -> String {
    guard let folder = Tuning.cacheFolder else {
      throw CommandFailure("there is no folder to keep \(content) in: set DELTACL_CACHE_DIR to one")
    }
    do {
      try FileSystem.createFolder(folder)
    } catch {
      throw CommandFailure("cannot make the cache folder \(folder): choose another with DELTACL_CACHE_DIR")
    }
    return folder
  }
}
