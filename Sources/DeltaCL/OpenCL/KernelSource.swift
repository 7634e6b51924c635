import DeltaCLKernels
import DeltaCLSystem

/// The OpenCL C sources: compiled into the binary, or read from the folder that `DELTACL_KERNELS_DIR` names, which spares a
/// build for each change while kernels are developed.
enum KernelSource {
  /// What a program is built from: its definitions and its source, with the headers in place.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func program(_ key: ProgramKey) throws(DeltaCLError) -> String {
    let source = try program(key.source, text: key.text)
    return key.definitions.isEmpty ? source : "#line 1 \"definitions\"\n\(key.definitions)\(source)"
  }

  /// The file `Kernels/OpenCL/<name>.cl`, or a text in its place, with the headers that it includes in place.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func program(_ name: String, text: String? = nil) throws(DeltaCLError) -> String {
    let main = "\(name).cl"
    return try KernelIncludes.expanding(
      main,
      text: { (path: String) throws(DeltaCLError) -> String in
        if path == main, let text { text } else { try Self.text(path) }
      })
  }

  /// The file `Kernels/OpenCL/<path>`.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func text(_ path: String) throws(DeltaCLError) -> String {
    if let folder = NativePath.environment("DELTACL_KERNELS_DIR"), !folder.isEmpty {
      let file = "\(folder)/\(path)"
      guard let bytes = SmallFile.read(file), let text = String(validating: bytes, as: UTF8.self) else {
        throw DeltaCLError(
          .missingKernel, "the kernel source \(file) cannot be read: check or unset DELTACL_KERNELS_DIR")
      }
      return text
    }
    guard let source = deltacl_kernel_source(path) else {
      throw DeltaCLError(.missingKernel, "there is no kernel source named \(path)")
    }
    return String(cString: source)
  }

  /// The paths of all files, in a fixed order.
  static var paths: [String] {
    var paths: [String] = []
    while let path = deltacl_kernel_path(paths.count) { paths.append(String(cString: path)) }
    return paths
  }
}
