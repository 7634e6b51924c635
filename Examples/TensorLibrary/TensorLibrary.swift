import DeltaCL
import Foundation

/// A small tensor library that computes on DeltaCL's best device, or by loops of its own where there is none, and a network that is
/// trained with it.
@main
struct TensorLibraryExample {
  static func main() throws {
    if let device = try DeltaCLEngine(selecting: Backends.defaultSelection) {
      try train(on: device)
    } else {
      print("no device: the library's own loops serve")
    }
    try train(on: HostEngine())
  }

  /// Trains a network to tell points inside of a circle from those around it.
  static func train<E: Engine>(on engine: E) throws {
    let (points, width, side, learningRate) = (144, 12, 12, Float(2))
    let places = (0..<points).flatMap { point -> [Float] in
      [point % side, point / side].map { 2 * (Float($0) + 0.5) / Float(side) - 1 }
    }
    // 1 inside, -1 outside.
    let labels = (0..<points).map { point -> Float in
      let (x, y) = (places[2 * point], places[2 * point + 1])
      return x * x + y * y < 0.5 ? 1 : -1
    }
    let x = try Matrix(places, rows: points, columns: 2, on: engine)
    let label = try Matrix(labels, rows: points, columns: 1, on: engine)
    // The same weights each time, of both signs.
    func weights(_ rows: Int, _ columns: Int, scale: Float) throws -> Matrix<E> {
      let values = (0..<rows * columns).map { scale * sin(Float(7 * $0 + 1)) }
      return try Matrix(values, rows: rows, columns: columns, on: engine)
    }
    var parameters = [
      try weights(2, width, scale: 2), try weights(1, width, scale: 1), try weights(width, 1, scale: 0.5),
      try weights(1, 1, scale: 0),
    ]
    var logits = x
    for _ in 0..<150 {
      logits = (x • parameters[0] + parameters[1]).tanh() • parameters[2] + parameters[3]
      let loss = (-(label * logits)).softplus().mean()
      let gradients = loss.gradient(by: parameters)
      parameters = try zip(parameters, gradients).map { parameter, gradient in
        // Elements that are known do not keep alive what they were computed from.
        let updated = try (parameter - learningRate * gradient).floats()
        return try Matrix(
          updated, rows: parameter.extents.rows, columns: parameter.extents.columns, on: engine)
      }
    }
    let right = try zip(logits.floats(), labels).count { $0 * $1 > 0 }
    print("\(engine): \(right) of \(points) points right")
  }
}
