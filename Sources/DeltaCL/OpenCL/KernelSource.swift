import DeltaCLKernels
import Foundation

/// The OpenCL C sources: compiled into the binary, or read from the folder that `DELTACL_KERNELS_DIR` names, which spares a
/// build for each change while kernels are developed.
enum KernelSource {
  /// The source `Kernels/OpenCL/<name>.cl`.
  ///
  /// - Throws: ``DeltaCLError`` (`missingKernel`).
  static func text(_ name: String) throws(DeltaCLError) -> String {
    if let folder = ProcessInfo.processInfo.environment["DELTACL_KERNELS_DIR"], !folder.isEmpty {
      let path = "\(folder)/\(name).cl"
      do {
        return try String(contentsOfFile: path, encoding: .utf8)
      } catch {
        throw DeltaCLError(
          .missingKernel, "the kernel source \(path) cannot be read: check or unset DELTACL_KERNELS_DIR")
      }
    }
    guard let source = deltacl_kernel_source(name) else {
      throw DeltaCLError(.missingKernel, "there is no kernel source named \(name)")
    }
    return String(cString: source)
  }
}
