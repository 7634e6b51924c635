import ArgumentParser
import DeltaCLData
import DeltaCLNetworks

/// What becomes of image files that cannot be read.
enum BadImages: String, CaseIterable, ExpressibleByArgument {
  /// The command fails.
  case fail
  /// They are named and left out.
  case skip

  /// Reads all images once, if they are files.
  ///
  /// - Returns: Those that can be read.
  /// - Throws: ``CommandFailure`` with the first one that cannot, unless they are left out.
  func check(_ images: any LabeledImages) throws -> any LabeledImages {
    guard let files = images as? ImageFiles else { return images }
    let failures = files.failures { Output.message($0.escapedForTerminal) }
    guard let first = failures.first else { return images }
    switch self {
    case .fail:
      let others = failures.count > 1 ? ", nor can \(failures.count - 1) other images be read" : ""
      throw CommandFailure("\(first.error)\(others); --bad-images skip leaves them out")
    case .skip:
      for (_, error) in failures { Output.message("left out: \("\(error)".escapedForTerminal)") }
      let bad = Set(failures.map(\.index))
      return files.selecting { !bad.contains($0) }
    }
  }
}
