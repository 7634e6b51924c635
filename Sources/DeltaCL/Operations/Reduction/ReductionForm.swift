/// The axes of a reduction in as few as possible: neighbours that are all reduced, or all kept, are one.
struct ReductionForm: Hashable, Sendable {
  /// Axes as one.
  struct Group: Hashable, Sendable {
    var extent: Int
    let isReduced: Bool
  }

  /// A group that is reduced, seen with what is outside and inside of it.
  struct Stage: Hashable, Sendable {
    let outer: Int
    let reduced: Int
    let inner: Int

    /// The number of results.
    var count: Int { outer * inner }
  }

  /// Reduced and kept in turn, outermost first.
  private(set) var groups: [Group] = []

  init(_ reduction: TensorOperation.Reduction) {
    for (axis, extent) in reduction.shape.dimensions.enumerated() where extent != 1 {
      let isReduced = reduction.axes.contains(axis)
      if groups.last?.isReduced == isReduced {
        // Beside an extent of 0 others may be so large that their product overflows.
        groups[groups.count - 1].extent = Shape([groups[groups.count - 1].extent, extent]).elementCount
      } else {
        groups.append(Group(extent: extent, isReduced: isReduced))
      }
    }
  }

  /// The groups to reduce one after the other, the innermost first; at least one, which may be of one element.
  var stages: [Stage] {
    var stages: [Stage] = []
    var inner = 1
    for (index, group) in groups.enumerated().reversed() {
      if group.isReduced {
        stages.append(
          Stage(outer: Shape(groups[..<index].map(\.extent)).elementCount, reduced: group.extent, inner: inner))
      } else {
        inner = Shape([inner, group.extent]).elementCount
      }
    }
    return stages.isEmpty ? [Stage(outer: 1, reduced: 1, inner: inner)] : stages
  }
}
