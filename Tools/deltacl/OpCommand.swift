import ArgumentParser
import DeltaCL
import DeltaCLData

struct OpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "op",
    abstract: "Runs one operation on tensors from a file, so that any other program can check it.",
    discussion: """
      Input and output are safetensors files. Images are NHWC: [N, H, W, C]; kernels [K, R, S, C / groups]; dense \
      weights [Out, In]. Floats are float32; labels and argmax are int32. Tensors that an operation does not take are \
      ignored.

        NAME                            input tensors   output tensors
        convolution                     x, w, b?        y
        convolution-delta               dy, w           dx
        convolution-gradient            x, dy           dw, db
        max-pooling                     x               y, argmax (row * W + column)
        max-pooling-delta               dy, argmax      dx
        average-pooling                 x               y
        average-pooling-delta           dy              dx
        global-average-pooling          x               y
        global-average-pooling-delta    dy              dx
        dropout                         x, step         y
        dropout-delta                   dy, step        dx
        dense                           x, w, b?        y
        dense-delta                     dy, w           dx
        dense-gradient                  x, dy           dw, db
        relu, relu6, leaky-relu,
        sigmoid, tanh                   x               y
        the same with -delta            x, dy           dx
        softmax-cross-entropy           logits, labels  loss (mean), dlogits

      Batch normalization is batch-normalization, which reads x, weight, bias, runningMean and runningVariance and writes \
      y, savedMean, savedInverseDeviation and both running ones, updated; batch-normalization-delta, which reads x, dy, \
      weight, savedMean and savedInverseDeviation and writes dx, dweight and dbias, with the digits of x's mean that \
      savedMean is too short for; and batch-normalization-inference, \
      which reads what the first does and writes y. Dropout's step is int32 [1].

      Attributes of convolutions: stride=1 padding=0 dilation=1 groups=1, for the delta input-size=HxW, for the \
      gradient kernel-size=RxS. Of pooling: window=HxW stride=WINDOW padding=0 ceil-mode=false, of max pooling \
      dilation=1, of average pooling count-include-padding=true, for deltas input-size=HxW. Of batch normalization: \
      epsilon=1e-5 momentum=0.1. Of dropout: probability=0.5 seed=0 layer=0. Of leaky-relu: slope=0.01.
      With activation=relu, relu6, leaky-relu, sigmoid or tanh convolutions, dense, average pooling, batch normalization \
      and dropout apply it to y. Their deltas and max-pooling-delta then give the delta of the activation's input: they \
      also read activated, the activation's output, in the shape of dx; batch-normalization-delta reads bias instead.
      A value for two axes is 2 or 2x1 (rows x columns); padding is 1, 1x2 or top,left,bottom,right.

      Examples:

        deltacl op convolution --input in.safetensors --output out.safetensors \\
          --attribute stride=2 --attribute padding=0,0,1,1
        deltacl op max-pooling --input in.safetensors --output out.safetensors \\
          --attribute window=3x3 --device cpu
      """)

  @Argument(help: ArgumentHelp("The operation.", valueName: "name"))
  var name: OperationName

  @Option(help: ArgumentHelp("The file with the tensors to read.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("The file to write; an old one is replaced.", valueName: "file"))
  var output: String

  @Option(name: .long, help: ArgumentHelp("An attribute of the operation; may be repeated.", valueName: "key=value"))
  var attribute: [String] = []

  @Flag(
    inversion: .prefixedNo,
    help: "Use direct sums alone, exact for small integers, or also what training uses, such as Winograd's algorithm.")
  var exact = true

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    do {
      _ = try OperationAttributes(attribute, for: name)
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    let attributes = try OperationAttributes(attribute, for: name)
    try AtomicFile.probe(output)
    let request = try OperationRequest(name, attributes, file: SafetensorsFile(contentsOf: input))
    let results = Safetensors(tensors: try request.run(on: device.backend(exact: exact)))
    try results.write(to: output)
  }
}
