import DeltaCLData

extension CommandTests.OpTests {
  /// Operations that move elements, and products of matrices.
  static func layoutExamples() throws -> [Example] {
    let rows = try Safetensors.Tensor.floats([2, 3], [1, 2, 3, 4, 5, 6])
    let line = try Safetensors.Tensor.floats([3], [1, 2, 3])
    return try [
      Example("transpose", [], ["x": rows], gives: ["y": .floats([3, 2], [1, 4, 2, 5, 3, 6])]),
      Example(
        "transpose", ["axes=-1,0"], ["x": rows], gives: ["y": .floats([3, 2], [1, 4, 2, 5, 3, 6])]),
      Example(
        "slice", ["starts=-1", "ends=-9", "steps=-2", "axes=1"], ["x": rows],
        gives: ["y": .floats([2, 2], [3, 1, 6, 4])]),
      Example("expand", ["shape=2,3"], ["x": line], gives: ["y": .floats([2, 3], [1, 2, 3, 1, 2, 3])]),
      Example("tile", ["repeats=2"], ["x": line], gives: ["y": .floats([6], [1, 2, 3, 1, 2, 3])]),
      Example(
        "depth-to-space", ["block=2"], ["x": .floats([1, 1, 1, 4], [1, 2, 3, 4])],
        gives: ["y": .floats([1, 2, 2, 1], [1, 2, 3, 4])]),
      Example(
        "space-to-depth", ["block=2", "order=crd"], ["x": .floats([1, 2, 2, 1], [1, 2, 3, 4])],
        gives: ["y": .floats([1, 1, 1, 4], [1, 2, 3, 4])]),
      Example(
        "concat", ["axis=-1"], ["x1": rows, "x2": .floats([2, 1], [7, 8]), "x3": rows],
        gives: ["y": .floats([2, 7], [1, 2, 3, 7, 1, 2, 3, 4, 5, 6, 8, 4, 5, 6])]),
      Example(
        "pad", ["before=1", "after=2", "value=9"], ["x": line], gives: ["y": .floats([6], [9, 1, 2, 3, 9, 9])]),
      Example(
        "pad", ["before=1,1", "after=0,2", "mode=reflect"], ["x": rows],
        gives: ["y": .floats([3, 6], [5, 4, 5, 6, 5, 4, 2, 1, 2, 3, 2, 1, 5, 4, 5, 6, 5, 4])]),
      Example(
        "pad-delta", ["input-shape=3", "before=2", "after=1", "mode=edge"],
        ["dy": .floats([6], [1, 2, 3, 4, 5, 6])], gives: ["dx": .floats([3], [6, 4, 11])]),
      Example(
        "gather", ["axis=1"], ["x": rows, "indices": .int32s([2], [-1, 0])],
        gives: ["y": .floats([2, 2], [3, 1, 6, 4])]),
      Example(
        "scatter-add", ["output-shape=4"], ["x": line, "indices": .int32s([3], [3, 1, -1])],
        gives: ["y": .floats([4], [0, 2, 0, 4])]),
      Example(
        "transposed-convolution", ["stride=2", "output-padding=0x1"],
        ["x": .floats([1, 1, 2, 1], [1, 2]), "w": .floats([1, 1, 3, 1], [1, 10, 100]), "b": .floats([1], [0.5])],
        gives: ["y": .floats([1, 1, 6, 1], [1.5, 10.5, 102.5, 20.5, 200.5, 0.5])]),
      Example(
        "local-response-normalization", ["size=3", "alpha=3", "beta=1", "k=0"],
        ["x": .floats([1, 3], [1, 2, 2])], gives: ["y": .floats([1, 3], [1 / 5, 2 / 9, 2 / 8])]),
      Example(
        "local-response-normalization-delta", ["size=1", "alpha=1", "beta=1", "k=0"],
        ["dy": .floats([1, 2], [4, 1]), "x": .floats([1, 2], [2, 1])], gives: ["dx": .floats([1, 2], [-1, -1])]),
      Example(
        "top-k", ["k=2"], ["x": .floats([2, 3], [1, 3, 2, 5, 5, 4])],
        gives: ["values": .floats([2, 2], [3, 2, 5, 5]), "positions": .int32s([2, 2], [1, 2, 0, 1])]),
      Example(
        "top-k-delta", ["input-shape=2,3", "axis=0"],
        ["dy": .floats([1, 3], [7, 8, 9]), "positions": .int32s([1, 3], [1, 0, 1])],
        gives: ["dx": .floats([2, 3], [0, 8, 0, 7, 0, 9])]),
      Example(
        "matmul", [], ["a": rows, "b": .floats([3, 1], [1, 0, 2])], gives: ["y": .floats([2, 1], [7, 16])]),
      Example(
        "matmul", ["transpose-a=true", "transpose-b=true"],
        ["a": .floats([3, 2], [1, 4, 2, 5, 3, 6]), "b": .floats([2, 1, 3], [1, 0, 2, 0, 1, 0])],
        gives: ["y": .floats([2, 2, 1], [7, 16, 2, 5])]),
      Example(
        "resize", ["output-size=1x4", "mode=nearest", "coordinates=asymmetric"],
        ["x": .floats([1, 1, 2, 1], [3, 5])], gives: ["y": .floats([1, 1, 4, 1], [3, 3, 5, 5])]),
      Example(
        "resize", ["output-size=1x4"], ["x": .floats([1, 1, 2, 1], [0, 4])],
        gives: ["y": .floats([1, 1, 4, 1], [0, 1, 3, 4])]),
      Example(
        "resize-delta", ["input-size=1x2"], ["dy": .floats([1, 1, 4, 1], [1, 2, 4, 8])],
        gives: ["dx": .floats([1, 1, 2, 1], [3.5, 11.5])]),
    ]
  }
}
