import DeltaCL
import Foundation

/// Adds an operation to the library's: the activation swish, `x / (1 + exp(-x))`, with a kernel of one's own.
@main
struct CustomKernelExample {
  static let source = """
    #include "include/vector.h"

    // A work-item computes V neighbouring elements, the last one what is left.
    kernel void swish(global const float *x, global float *y, int count)
    {
      const int begin = get_global_id(0) * V;
      if (begin + V <= count) {
        const vec value = LOAD(x + begin);
        STORE(value / (1.0f + exp(-value)), y + begin);
      } else {
        for (int at = begin; at < count; at++) y[at] = x[at] / (1.0f + exp(-x[at]));
      }
    }
    """

  static func main() throws {
    let swish = try CustomOperation(
      "swish", [.read("x", ["count"]), .write("y", ["count"])], source: source,
      launches: { axes in
        let count = try axes["count"], width = 8
        return [
          CustomLaunch(
            "swish", constants: ["V": width], ["x": "x", "y": "y", "count": .int(count)],
            globalSize: [(count + width - 1) / width])
        ]
      },
      reference: { values in ["y": try values["x"].map { $0 / (1 + exp(-$0)) }] })

    for device in ["auto", "reference"] {
      let backend = try Backends.select(device)
      if let backend = backend as? OpenCLBackend {
        try backend.verify(swish, axes: ["count": 1...100])
        print("swish computes what its reference does on \(backend)")
      }
      let x = try Tensor([-2, -1, 0, 1, 2], shape: [5], on: backend)
      let y = try backend.run(.custom(swish, ["count": 5]), x)[0]
      print(backend, try y.floats().map { String(format: "%.4f", $0) }.joined(separator: " "))
    }
  }
}
