import ArgumentParser
import DeltaCLData
import Foundation

extension TrainingRecipe {
  /// The most bytes of a recipe, many times those of all options.
  private static let byteLimit = 1 << 20

  /// A value in a recipe.
  private enum Value: Decodable {
    case number(String)
    case text(String)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(UInt64.self) {
        self = .number("\(number)")
      } else if let number = try? container.decode(Double.self) {
        self = .number("\(number)")
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// The options of a training as JSON, whose keys are those of the command line without their dashes. A training by them gives the same
  /// model.
  static func text(of command: TrainCommand) throws -> String {
    let lines = try command.options.compactMap { option in
      try option.value.map { value in
        let text =
          switch option.kind {
          case .number: value
          case .text: try Output.jsonText(value)
          case .flag: "true"
          }
        return "  \"\(option.name.dropFirst(2))\": \(text)"
      }
    }
    return "{\n\(lines.joined(separator: ",\n"))\n}\n"
  }

  /// The command with the options of a file and, before those, what is given on the command line.
  ///
  /// - Throws: `DataError` if the file cannot be read; ``CommandFailure`` if it is no recipe, or its options and those that are given do
  ///   not fit together.
  static func command(adding given: TrainCommand, to path: String) throws -> TrainCommand {
    let bytes = try FileSystem.read(path, limit: byteLimit)
    let values: [String: Value]
    do {
      values = try JSONDecoder().decode([String: Value].self, from: Data(bytes))
    } catch let error as DecodingError {
      throw CommandFailure("\(path): \(reason(error)); a recipe is a JSON object such as {\"epochs\": 20}")
    }
    let options = given.options + given.placeOptions
    let known = Dictionary(uniqueKeysWithValues: options.map { (String($0.name.dropFirst(2)), $0) })
    let words = try values.sorted { $0.key < $1.key }.flatMap { key, value in
      guard let option = known[key] else {
        let nearest = known.keys.sorted().min { $0.editDistance(to: key) < $1.editDistance(to: key) } ?? ""
        throw CommandFailure("\(path): there is no option '\(key)' for recipes; the nearest is '\(nearest)'")
      }
      return switch (value, option.kind) {
      case (.number(let text), .number), (.text(let text), .text): option.words(text)
      case (.flag(let isOn), .flag): option.words(isOn ? "on" : nil)
      default: throw CommandFailure("\(path): '\(key)' must be \(option.kind.rawValue)")
      }
    }
    do {
      return try TrainCommand.parse(words + options.flatMap(\.givenWords))
    } catch {
      throw CommandFailure("\(path): \(Output.oneLine(TrainCommand.message(for: error)))")
    }
  }

  /// Why a text is no recipe.
  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      guard let key = context.codingPath.first else { return "is not an object" }
      return "'\(key.stringValue)' must be a number, a text in quotes, true or false"
    default: return "is not JSON"
    }
  }
}
