import DeltaCLSystem
import Glibc

/// What went wrong with a file, an image or a data set, in one line.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs that react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, such as `notFound`.
    public let description: String

    /// There is no such file, folder or data set.
    public static let notFound = Code(description: "notFound")
    /// The file or folder may not be read or written.
    public static let permissionDenied = Code(description: "permissionDenied")
    /// The file ends before what it announces.
    public static let truncated = Code(description: "truncated")
    /// The content breaks the rules of its format.
    public static let malformed = Code(description: "malformed")
    /// The content may be right, but is of a kind that is not read here.
    public static let unsupported = Code(description: "unsupported")
    /// The content is larger than the limit that guards memory.
    public static let tooLarge = Code(description: "tooLarge")
    /// Two things that must agree, such as a count of images and of labels, do not.
    public static let mismatch = Code(description: "mismatch")
    /// A value does not fit the type it is asked in.
    public static let outOfRange = Code(description: "outOfRange")
    /// The disk, or the user's share of it, is full.
    public static let diskFull = Code(description: "diskFull")
    /// The operating system failed to read.
    public static let readFailed = Code(description: "readFailed")
    /// The operating system failed to write.
    public static let writeFailed = Code(description: "writeFailed")
  }

  /// The kind of failure.
  public let code: Code
  /// The file, folder or data set at fault.
  public let path: String
  /// What is wrong with it, with the values, and what to do.
  public let message: String

  /// The path and the message on one line; a very long one without its middle.
  public var description: String { Excerpt.line("\(path): \(message)") }

  /// Creates an error about `path`.
  public init(_ code: Code, _ path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }
}

extension DataError {
  /// Where a path is wanted and none is given.
  static let emptyPath = DataError(.notFound, "''", "the path is empty; name a file or folder")

  /// The error of a system call that failed with `errno` while doing `action` ("open", "write").
  static func system(_ action: String, _ path: String, _ number: Int32) -> DataError {
    let reason = String(cString: strerror(number))
    switch number {
    case ENOENT, ENOTDIR:
      return DataError(.notFound, path, "cannot \(action): \(reason); check the path")
    case EACCES, EPERM, EROFS:
      return DataError(
        .permissionDenied, path, "cannot \(action): no permission (\(reason)); change its mode or choose another path")
    case ENOSPC, EDQUOT:
      return DataError(.diskFull, path, "cannot \(action): the disk is full (\(reason)); free some space and try again")
    case EFBIG:
      return DataError(.diskFull, path, "cannot \(action): the file size limit is reached (\(reason)); see ulimit -f")
    default:
      let code: Code = action == "open" || action == "read" ? .readFailed : .writeFailed
      return DataError(code, path, "cannot \(action): \(reason) (errno \(number))")
    }
  }
}
