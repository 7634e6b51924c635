import DeltaCL
import OpenCL

extension Tensor {
  /// Throws if a batch does not have the values of this tensor.
  func requireCount(_ count: Int, _ what: String) throws(NetworkError) {
    guard count == shape.elementCount else {
      throw NetworkError(.invalidArgument, "\(what) of shape \(shape) need \(shape.elementCount) values, not \(count)")
    }
  }

  /// Throws if a batch does not have the bytes of this tensor.
  func requireCount(of memory: HostMemory, _ what: String) throws(NetworkError) {
    let byteCount = shape.elementCount * elementType.byteCount
    guard memory.byteCount == byteCount else {
      throw NetworkError(
        .invalidArgument, "\(what) of shape \(shape) need \(byteCount) bytes, not \(memory.byteCount)")
    }
  }
}
