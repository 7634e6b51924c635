import DeltaCL

/// Runs one convolution on the best device and on the reference backend, and prints the same values twice.
@main
struct ConvolutionExample {
  static func main() throws {
    let convolution = try Convolution(
      batch: 1, inputSize: 5, inputChannels: 1, outputChannels: 1, kernelSize: 3, padding: 1)
    for device in ["auto", "reference"] {
      let backend = try Backends.select(device)
      let x = try Tensor([Float](repeating: 1, count: 25), shape: convolution.inputShape, on: backend)
      let w = try Tensor([Float](repeating: 0.5, count: 9), shape: convolution.kernelShape, on: backend)
      let y = try backend.run(.convolution(convolution, bias: false), x, w)[0]
      print(backend, y.shape, try y.floats().prefix(5))
    }
  }
}
