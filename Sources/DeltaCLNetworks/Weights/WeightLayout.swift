/// In which order of axes a file holds weights.
public enum WeightLayout: String, Hashable, Sendable, CaseIterable {
  /// This library's: kernels `[K, R, S, C / groups]`, features of flattened images over rows, columns and channels.
  case deltacl
  /// PyTorch's: kernels `[K, C / groups, R, S]`, features of flattened images over channels, rows and columns.
  case pytorch
}
