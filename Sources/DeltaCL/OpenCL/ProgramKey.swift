/// What distinguishes the programs of one device: the source, and what it is built with.
struct ProgramKey: Hashable, Sendable {
  /// The path of a file in `Kernels/OpenCL`, without its extension; the name of ``text`` if there is one.
  let source: String
  /// A source that is no file. It may include headers of `Kernels/OpenCL`.
  var text: String?
  /// Preprocessor definitions.
  let constants: [String: Int]
  /// Macros that stand in front of the source: what is generated for an operation instead of being written for all.
  var definitions = ""

  /// The build options, in a fixed order, so that drivers' caches recognise them.
  var options: [String] {
    constants.sorted { $0.key < $1.key }.map { "-D\($0.key)=\($0.value)" }
      // The names of parameters, to which those of the arguments are compared.
      + (text == nil ? [] : ["-cl-kernel-arg-info"])
  }
}
