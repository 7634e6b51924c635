/// Values to sum up, most of which are rounded the same way again and again if they are added one after the other.
enum SumData: CaseIterable {
  /// From -1 to 1: rounding errors cancel.
  case random
  /// 0.1, which no binary fraction is: each addition to a large sum loses the same.
  case equal
  /// Around 1000.
  case largeMean
  /// Large ones of alternating sign, whose sum is small.
  case alternating
  /// One large value before small equal ones.
  case leading

  /// How near a sum of `terms` of these values must come: a large value that comes first is beside all later additions of its
  /// chain, so that their errors are half an epsilon of it each.
  func tolerance(terms: Int) -> Tolerance { self == .leading ? .chain(terms: terms) : .sum(terms: terms) }

  func values(_ count: Int, _ random: inout RandomValues) -> [Float] {
    switch self {
    case .random: random.floats(count)
    case .equal: [Float](repeating: 0.1, count: count)
    case .largeMean: random.floats(count, 999...1_001)
    case .alternating: (0..<count).map { ($0 % 2 == 0 ? 10_000 : -10_000) + 0.1 }
    case .leading: (0..<count).map { $0 == 0 ? 100 : 0.1 }
    }
  }
}
