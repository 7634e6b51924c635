/// Average pooling: the mean of each window's cells, whose delta is shared equally among them.
public struct AveragePooling: Hashable, Sendable {
  /// The windows.
  public let pooling: Pooling
  /// Whether padding counts among the cells of a window, as PyTorch means it: cells beyond the padded end, which only
  /// `ceilMode` reaches, never count.
  public let countsPadding: Bool

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) where the pooling is dilated.
  public init(_ pooling: Pooling, countsPadding: Bool = true) throws(DeltaCLError) {
    guard pooling.dilation == 1 else {
      throw DeltaCLError(.invalidDescriptor, "average pooling: dilation \(pooling.dilation) must be 1")
    }
    self.pooling = pooling
    self.countsPadding = countsPadding
  }
}
