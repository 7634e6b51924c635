import DeltaCLData
import DeltaCLSystem

/// What shapes are calculated with, before the model runs.
extension Operators {
  static let shapes: [String: Lower] = [
    "Shape": { node, lowering in
      let shape = try lowering.value(node, 0).shape
      func place(_ name: String, otherwise value: Int) throws -> Int {
        let given = try node.integer(name) ?? value
        return min(shape.count, max(0, given < 0 ? given + shape.count : given))
      }
      let (start, end) = (try place("start", otherwise: 0), try place("end", otherwise: shape.count))
      let taken = shape[start..<max(start, end)].map { Int64($0) }
      try lowering.set(node, .constant(Constant(shape: [taken.count], integers: taken)))
    },
    "Constant": { node, lowering in
      if let constant = try node.constant("value") {
        try lowering.set(node, .constant(constant))
      } else if let integer = try node.integer("value_int") {
        try lowering.set(node, .constant(Constant(shape: [], integers: [Int64(integer)])))
      } else if let integers = try node.integers("value_ints") {
        try lowering.set(node, .constant(Constant(shape: [integers.count], integers: integers.map { Int64($0) })))
      } else if node.has("value_float") {
        try lowering.set(node, .constant(Constant(shape: [], floats: [node.float("value_float", otherwise: 0)])))
      } else {
        throw node.unsupported("none of value, value_int, value_ints and value_float is given")
      }
    },
    "ConstantOfShape": { node, lowering in
      let shape = try lowering.knownIntegers(node, 0, "the shape") ?? []
      guard let count = Constant.count(of: shape) else {
        throw node.malformed("no tensor can have the shape [\(Excerpt.list(shape))]")
      }
      try FileSystem.requireMemory(count * 16, for: node.label)
      let value = try node.constant("value") ?? Constant(shape: [1], floats: [0])
      guard value.count == 1 else { throw node.malformed("attribute value must be one number") }
      try lowering.set(node, .constant(value.taking([Int](repeating: 0, count: count), shape: shape)))
    },
    "Gather": { node, lowering in
      guard case .constant(let data) = try lowering.value(node, 0), data.shape.count == 1,
        let indices = try lowering.knownIntegers(node, 1, "the indices"), try node.integer("axis") ?? 0 == 0
      else { throw node.unsupported("is computed of lists that are known before the model runs") }
      let places = try indices.map { index in
        guard (-data.count..<data.count).contains(index) else {
          throw node.malformed("there is no place \(index) of \(data.count)")
        }
        return index < 0 ? index + data.count : index
      }
      let shape = try lowering.value(node, 1).shape
      try lowering.set(node, .constant(data.taking(places, shape: shape)))
    },
    "Cast": { node, lowering in
      let value = try lowering.value(node, 0)
      let type = Onnx_TensorProto.DataType(rawValue: try node.integer("to") ?? 0)
      switch (value, type) {
      case (.tensor, .float?): try lowering.set(node, value)
      case (.constant(let constant), .float?):
        let floats = constant.floats ?? constant.integers?.map { Float($0) } ?? []
        try lowering.set(node, .constant(Constant(shape: constant.shape, floats: floats)))
      case (.constant(let constant), .int64?), (.constant(let constant), .int32?):
        let integers =
          try constant.integers
          ?? constant.floats?.map { float in
            guard let integer = Int64(exactly: float.rounded(.towardZero)) else {
              throw node.malformed("\(float) has no integer of 64 bits")
            }
            return integer
          }
        try lowering.set(node, .constant(Constant(shape: constant.shape, integers: integers ?? [])))
      default: throw node.unsupported("casts to float, and of known integers and numbers to int64 are computed here")
      }
    },
  ]
}
