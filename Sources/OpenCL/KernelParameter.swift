import COpenCL

/// A parameter of a kernel, as its source declares it.
public struct KernelParameter: Hashable, Sendable {
  /// The parameter's name.
  public let name: String
  /// The type without qualifiers, such as `float*` or `int`.
  public let typeName: String
}

extension Kernel {
  /// The parameters in their order.
  ///
  /// - Throws: `OpenCLError`, as if the program was built without `-cl-kernel-arg-info` and the driver keeps none.
  public func parameters() throws -> [KernelParameter] {
    let handle = handle
    return try (0..<argumentCount).map { index in
      let query = InfoQuery(call: "clGetKernelArgInfo") {
        clGetKernelArgInfo(handle, cl_uint(index), $0, $1, $2, $3)
      }
      return KernelParameter(
        name: try query.string(CL_KERNEL_ARG_NAME), typeName: try query.string(CL_KERNEL_ARG_TYPE_NAME))
    }
  }
}
