/// The kernel launches of an operation and the scratch they share.
struct LaunchList: Sendable {
  private(set) var launches: [Launch] = []
  /// The bytes of each part of the scratch.
  private(set) var scratchByteCounts: [Int] = []

  /// A launch that needs no scratch, or none.
  init(_ launches: Launch...) {
    for launch in launches { append(launch) }
  }

  /// The bytes of all scratch, which is one allocation.
  var scratchByteCount: Int { scratchByteCounts.reduce(0, +) }

  /// Appends a launch, unless it has no work.
  mutating func append(_ launch: Launch) {
    if !launch.globalSize.contains(0) { launches.append(launch) }
  }

  /// Appends the launches of an operation on other tensors than its own operands.
  ///
  /// - Parameter operands: What takes the place of each operand.
  mutating func append(_ list: LaunchList, on operands: [Launch.Argument]) {
    let firstScratch = scratchByteCounts.count
    scratchByteCounts += list.scratchByteCounts
    for var launch in list.launches {
      launch.arguments = launch.arguments.mapValues { argument in
        switch argument {
        case .operand(let position): operands[position]
        case .scratch(let position): .scratch(firstScratch + position)
        case .int, .float: argument
        }
      }
      append(launch)
    }
  }

  /// The kernels in the order of their launches with the constants that shape them, such as
  /// `convolution_pad, 4 convolution_correlate TILE=12 V=16`.
  var summary: String {
    if launches.isEmpty { return "no work" }
    var counts: [(text: String, count: Int)] = []
    for text in launches.map(\.summary) {
      if let index = counts.firstIndex(where: { $0.text == text }) {
        counts[index].count += 1
      } else {
        counts.append((text, 1))
      }
    }
    return counts.map { $0.count == 1 ? $0.text : "\($0.count) \($0.text)" }.joined(separator: ", ")
  }

  /// Reserves scratch that lives for this operation alone.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) for more elements than kernels can index.
  mutating func scratch(
    _ elementType: ElementType, _ count: Int, for what: String
  ) throws(DeltaCLError) -> Launch.Argument {
    try Shape([count]).validate(what)
    scratchByteCounts.append(count * elementType.byteCount)
    return .scratch(scratchByteCounts.count - 1)
  }
}
