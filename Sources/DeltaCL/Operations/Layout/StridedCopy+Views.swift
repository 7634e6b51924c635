/// The strided copies that have names.
extension StridedCopy {
  /// The axes in another order: axis `a` of y is axis `axes[a]` of x.
  ///
  /// - Parameters:
  ///   - shape: The extents of x.
  ///   - axes: Each axis of x once; a negative one counts from the end.
  ///   - elementType: The type of all elements.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if an axis is missing, out of range or there twice.
  public static func transpose(
    _ shape: Shape, axes: [Int], elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("transpose input")
    let order = try shape.axes(axes, "transpose")
    guard order.count == shape.dimensions.count else {
      throw DeltaCLError(
        .invalidDescriptor, "transpose: \(order.count) axes are given for the shape \(shape); give each axis once")
    }
    let output = Shape(order.map { shape.dimensions[$0] })
    let strides = shape.strides
    return try StridedCopy(
      from: shape, to: output,
      axes: zip(order, output.strides).map {
        Axis(extent: shape.dimensions[$0], xStride: strides[$0], yStride: $1)
      }, elementType: elementType)
  }

  /// A part of x: along each axis every so many-th place from a start up to, but not including, an end; as in NumPy and ONNX.
  ///
  /// - Parameters:
  ///   - shape: The extents of x.
  ///   - starts: The first place along each axis; a negative one counts from the end, and one beyond the axis is moved to its end.
  ///   - ends: The place after the last one, in the same way. A very small number lets a negative step go on to the first place.
  ///   - steps: The steps; 1 if there are none. A negative step goes backwards.
  ///   - axes: The axes that starts, ends and steps belong to; the first ones if there are none. Others are taken whole.
  ///   - elementType: The type of all elements.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a step is 0, the lists differ in length or an axis is out of range or there
  ///   twice.
  public static func slice(
    _ shape: Shape, starts: [Int], ends: [Int], steps: [Int]? = nil, axes: [Int]? = nil,
    elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("slice input")
    let axes = try shape.axes(axes ?? Array(starts.indices), "slice")
    let steps = steps ?? starts.map { _ in 1 }
    guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
      throw DeltaCLError(
        .invalidDescriptor,
        "slice: \(starts.count) starts, \(ends.count) ends, \(steps.count) steps and \(axes.count) axes must be equally many"
      )
    }
    guard !steps.contains(0) else { throw DeltaCLError(.invalidDescriptor, "slice: a step must not be 0") }
    let strides = shape.strides
    var offset = 0
    var taken = zip(shape.dimensions, strides).map { (extent: $0, stride: $1) }
    for (index, axis) in axes.enumerated() {
      let extent = shape.dimensions[axis]
      // A step beyond the axis takes the first place alone, as does one of its length.
      let step = max(-max(1, extent), min(max(1, extent), steps[index]))
      func place(_ given: Int, within bounds: ClosedRange<Int>) -> Int {
        min(bounds.upperBound, max(bounds.lowerBound, given < 0 ? given + extent : given))
      }
      let bounds = step > 0 ? 0...extent : -1...max(-1, extent - 1)
      let (start, end) = (place(starts[index], within: bounds), place(ends[index], within: bounds))
      let count = max(0, step > 0 ? ceilingDivision(end - start, step) : ceilingDivision(start - end, -step))
      if count > 0 { offset += start * strides[axis] }
      taken[axis] = (count, step * strides[axis])
    }
    let output = Shape(taken.map(\.extent))
    return try StridedCopy(
      from: shape, to: output,
      axes: zip(taken, output.strides).map { Axis(extent: $0.extent, xStride: $0.stride, yStride: $1) },
      xOffset: output.elementCount == 0 ? 0 : offset, elementType: elementType)
  }

  /// The parts of x along an axis, one after the other.
  ///
  /// - Parameters:
  ///   - shape: The extents of x.
  ///   - sizes: The places of each part along the axis, in all those that there are.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - elementType: The type of all elements.
  /// - Returns: A slice for each part.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the sizes do not add up to the axis or one is negative.
  public static func split(
    _ shape: Shape, sizes: [Int], axis: Int, elementType: ElementType = .float32
  ) throws(DeltaCLError) -> [StridedCopy] {
    try shape.validate("split input")
    let axis = try shape.axis(axis, "split")
    var parts: [StridedCopy] = []
    var start = 0
    for size in sizes {
      guard size >= 0, size <= shape.dimensions[axis] - start else { break }
      parts.append(
        try slice(shape, starts: [start], ends: [start + size], axes: [axis], elementType: elementType))
      start += size
    }
    guard parts.count == sizes.count, start == shape.dimensions[axis] else {
      throw DeltaCLError(
        .invalidDescriptor,
        "split: the sizes \(Shape(sizes)) must not be negative and add up to the \(shape.dimensions[axis]) places of axis \(axis)"
      )
    }
    return parts
  }

  /// Repeats axes of one place, as broadcasting does: shapes are aligned at their last axes, and missing ones count as 1.
  ///
  /// - Parameters:
  ///   - shape: The extents of x.
  ///   - output: The extents of y.
  ///   - elementType: The type of all elements.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if an axis of x has another extent than y and not 1.
  public static func expand(
    _ shape: Shape, to output: Shape, elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("expand input")
    try output.validate("expand output")
    let missing = output.dimensions.count - shape.dimensions.count
    let given = [Int](repeating: 1, count: max(0, missing)) + shape.dimensions
    guard missing >= 0, zip(given, output.dimensions).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw DeltaCLError(.invalidDescriptor, "expand: the shape \(shape) cannot be broadcast to \(output)")
    }
    let strides = Shape(given).strides
    return try StridedCopy(
      from: shape, to: output,
      axes: zip(zip(given, strides), zip(output.dimensions, output.strides)).map { x, y in
        Axis(extent: y.0, xStride: x.0 == y.0 ? x.1 : 0, yStride: y.1)
      }, elementType: elementType)
  }

  /// Repeats all of x along axes: y is `repeats[a]` times x along axis `a`.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if there is not a number of at least 0 for each axis, or ``maximumAxisCount`` does
  ///   not suffice.
  public static func tile(
    _ shape: Shape, repeats: [Int], elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("tile input")
    guard repeats.count == shape.dimensions.count, repeats.allSatisfy({ (0...Shape.maximumElementCount).contains($0) })
    else {
      throw DeltaCLError(
        .invalidDescriptor,
        "tile: the repeats \(Shape(repeats)) must be numbers of at least 0, one for each axis of \(shape)")
    }
    let output = Shape(zip(shape.dimensions, repeats).map { $0 * $1 })
    try output.validate("tile output")
    let (xStrides, yStrides) = (shape.strides, output.strides)
    return try StridedCopy(
      from: shape, to: output,
      axes: shape.dimensions.indices.flatMap { axis in
        [
          Axis(extent: repeats[axis], xStride: 0, yStride: shape.dimensions[axis] * yStrides[axis]),
          Axis(extent: shape.dimensions[axis], xStride: xStrides[axis], yStride: yStrides[axis]),
        ]
      }, elementType: elementType)
  }

  /// What the channels of a pixel hold that is spread over a block of pixels.
  public enum BlockOrder: String, Hashable, Sendable, CaseIterable {
    /// The rows of the block, then its columns, then the channels of y: ONNX's DCR.
    case blockOutermost = "dcr"
    /// The channels of y, then the rows of the block, then its columns: ONNX's CRD, PyTorch's pixel shuffle.
    case channelsOutermost = "crd"
  }

  /// Spreads channels over blocks of pixels: `[N, H, W, block * block * C]` to `[N, H * block, W * block, C]`.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the shape is no image or the channels are no multiple of the block's pixels.
  public static func depthToSpace(
    _ shape: Shape, block: Int, order: BlockOrder = .blockOutermost, elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("depth-to-space input")
    // Larger blocks have more pixels than a tensor elements.
    guard shape.dimensions.count == 4, (1...1 << 15).contains(block), shape.innermost.isMultiple(of: block * block)
    else {
      throw DeltaCLError(
        .invalidDescriptor,
        "depth-to-space: the shape \(shape) must be [N, H, W, C] with channels that are a multiple of \(block)x\(block)"
      )
    }
    let (n, size, channels) = (shape.dimensions[0], shape.imageSize, shape.innermost / (block * block))
    let output: Shape = [n, size.rows * block, size.columns * block, channels]
    let (x, y) = (shape.strides, output.strides)
    let (row, column, channel) =
      switch order {
      case .blockOutermost: (block * channels, channels, 1)
      case .channelsOutermost: (block, 1, block * block)
      }
    return try StridedCopy(
      from: shape, to: output,
      axes: [
        Axis(extent: n, xStride: x[0], yStride: y[0]), Axis(extent: size.rows, xStride: x[1], yStride: block * y[1]),
        Axis(extent: block, xStride: row, yStride: y[1]),
        Axis(extent: size.columns, xStride: x[2], yStride: block * y[2]),
        Axis(extent: block, xStride: column, yStride: y[2]), Axis(extent: channels, xStride: channel, yStride: y[3]),
      ], elementType: elementType)
  }

  /// Gathers blocks of pixels in channels: `[N, H * block, W * block, C]` to `[N, H, W, block * block * C]`, the inverse of
  /// ``depthToSpace(_:block:order:elementType:)``.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if the shape is no image or its size is no multiple of the block.
  public static func spaceToDepth(
    _ shape: Shape, block: Int, order: BlockOrder = .blockOutermost, elementType: ElementType = .float32
  ) throws(DeltaCLError) -> StridedCopy {
    try shape.validate("space-to-depth input")
    guard shape.dimensions.count == 4, (1...1 << 15).contains(block), shape.imageSize.rows.isMultiple(of: block),
      shape.imageSize.columns.isMultiple(of: block)
    else {
      throw DeltaCLError(
        .invalidDescriptor,
        "space-to-depth: the shape \(shape) must be [N, H, W, C] with rows and columns that are multiples of \(block)")
    }
    let (size, channels) = (shape.imageSize, shape.innermost)
    guard channels <= Shape.maximumElementCount / (block * block) else {
      throw DeltaCLError(.tooLarge, "space-to-depth: blocks of \(block)x\(block) of the shape \(shape) are too large")
    }
    return try depthToSpace(
      [shape.outermost, size.rows / block, size.columns / block, channels * block * block], block: block, order: order,
      elementType: elementType
    ).adjoint
  }
}

extension Shape {
  /// The position of an axis, of which a negative one counts from the end.
  func axis(_ axis: Int, _ what: String) throws(DeltaCLError) -> Int {
    let rank = dimensions.count
    guard (-rank..<rank).contains(axis) else {
      throw DeltaCLError(
        .invalidDescriptor, "\(what): axis \(axis) is not one of the \(rank) of the shape \(self)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The positions of axes that are all different.
  func axes(_ axes: [Int], _ what: String) throws(DeltaCLError) -> [Int] {
    var positions: [Int] = []
    for axis in axes {
      let position = try self.axis(axis, what)
      guard !positions.contains(position) else {
        throw DeltaCLError(.invalidDescriptor, "\(what): axis \(axis) is given twice")
      }
      positions.append(position)
    }
    return positions
  }
}
