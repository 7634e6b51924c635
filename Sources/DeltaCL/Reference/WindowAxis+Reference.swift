extension WindowAxis {
  /// The cell of the image that a window reads with one of its cells; `nil` for padding.
  func position(window index: Int, cell: Int) -> Int? {
    let position = index * stride + cell * dilation - before
    return position >= 0 && position < size ? position : nil
  }

  /// The window that reads a position of the image with one of its cells; `nil` if none does.
  func index(position: Int, cell: Int) -> Int? {
    let distance = position + before - cell * dilation
    guard distance >= 0, distance % stride == 0, distance / stride < count else { return nil }
    return distance / stride
  }
}
