/// How a long sum is divided, so that its rounding stays within `2 sqrt(n)` epsilon of the sum of magnitudes, whatever the terms.
///
/// Equal terms, or any of one sign, are rounded the same way again and again: the error of one chain of n additions grows with n, not
/// with its square root. Parts of about `sqrt(n)` terms, whose sums are added up in their turn, leave two chains of that length.
struct SumParts: Hashable, Sendable {
  /// The terms of a run that are added up at a time.
  let length: Int
  /// The whole runs of a part; 1 if a run has several parts.
  let runs: Int
  /// Whether there is more than one part.
  let isDivided: Bool

  /// The most terms of a chain, however short the sum: equal terms, the worst case in practice, stay within the bound up to here.
  static let chain = 256

  /// The most terms of a sum of `terms` that are added one after the other.
  ///
  /// A part of b sqrt(n) terms, and the sums of sqrt(n) / b parts, err by (b + 1 / b) sqrt(n) halves of an epsilon at most, of 4 that
  /// are allowed. Long parts cost the least.
  static func longestChain(of terms: Int) -> Int {
    max(chain, Int(3.5 * Double(terms).squareRoot()))
  }

  /// - Parameters:
  ///   - runs: The runs of neighbouring terms, such as the rows of a kernel.
  ///   - length: The terms of a run.
  init(runs: Int, length: Int) {
    let longest = Self.longestChain(of: runs * length)
    isDivided = runs * length > longest
    if !isDivided {
      self.length = length
      self.runs = runs
    } else if length > longest {
      self.length = ceilingDivision(length, ceilingDivision(length, longest))
      self.runs = 1
    } else {
      self.length = length
      self.runs = longest / max(1, length)
    }
  }

  /// The constants that kernels with long sums are built with.
  var constants: [String: Int] { isDivided ? ["PARTS": 1] : [:] }

  /// What such kernels take.
  ///
  /// - Parameter runs: The name that the kernel gives to the whole runs of a part.
  func arguments(_ runs: String) -> KernelArguments {
    var arguments: KernelArguments = ["part": .int(length)]
    arguments.append(runs, .int(self.runs))
    return arguments
  }
}
