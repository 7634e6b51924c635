/// The pointers that Git LFS leaves in place of large files.
enum GitLFS {
  private static let beginning = Array("version https://git-lfs.github.com/spec/".utf8)

  /// Throws if a file is a pointer; no format that is read here begins so.
  ///
  /// - Parameters:
  ///   - bytes: The file or its first bytes, nine of which are enough.
  ///   - name: The file's name for the error.
  /// - Throws: `DataError` `unsupported` that says how to get the file.
  static func refusePointer(_ bytes: some Collection<UInt8>, name: String) throws(DataError) {
    guard bytes.count >= 9, bytes.starts(with: beginning.prefix(bytes.count)) else { return }
    throw DataError(
      .unsupported, name, "is a Git LFS pointer, which stands for the file; get the file with 'git lfs pull'")
  }
}
