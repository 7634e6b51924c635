import DeltaCLKernels
import DeltaCLSystem

/// The OpenCL C sources: compiled into the binary, or read from the folder that `DELTACL_KERNELS_DIR` names, which spares a
/// build for each change while kernels are developed.
enum KernelSource {
  /// What the programs of a source are built from: preludes and then the source.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func texts(_ name: String) throws(DeltaCLError) -> [String] {
    var names = ["common", name]
    if name.hasPrefix("winograd") { names.insert("winograd-common", at: 1) }
    var texts: [String] = []
    for name in names { texts.append(try text(name)) }
    return texts
  }

  /// The source `Kernels/OpenCL/<name>.cl`.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func text(_ name: String) throws(DeltaCLError) -> String {
    if let folder = NativePath.environment("DELTACL_KERNELS_DIR"), !folder.isEmpty {
      let path = "\(folder)/\(name).cl"
      guard let bytes = SmallFile.read(path), let text = String(validating: bytes, as: UTF8.self) else {
        throw DeltaCLError(
          .missingKernel, "the kernel source \(path) cannot be read: check or unset DELTACL_KERNELS_DIR")
      }
      return text
    }
    guard let source = deltacl_kernel_source(name) else {
      throw DeltaCLError(.missingKernel, "there is no kernel source named \(name)")
    }
    return String(cString: source)
  }
}
