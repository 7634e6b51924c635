import Testing

extension CommandTests {
  /// Every option that takes numbers, with texts at and beyond the limits: each is refused by name or works, in little time and memory.
  @Suite struct NumberOptionTests {
    private static let texts = [
      "0", "-1", "-0", "9223372036854775807", "9223372036854775808", "1e400", "nan", "inf", "-inf", "", "1 ", "0x10",
      "\u{661}",
    ]

    struct Option: Sendable, CustomTestStringConvertible {
      let arguments: [String]
      let name: String
      /// What stands in the option's value, the text in place of `*`.
      let form: String
      /// What a refusal says beside the option's name.
      let range: String
      /// The texts that are not refused.
      let valid: Set<String>

      init(_ arguments: String, _ name: String, _ range: String, form: String = "*", valid: [String] = []) {
        self.arguments = arguments.split(separator: " ").map(String.init)
        self.name = name
        self.range = range
        self.form = form
        self.valid = Set(valid)
      }

      var testDescription: String { "\(arguments[0]) \(name) \(form)" }
    }

    private static let big = ["9223372036854775807"]
    private static let finite = ["9223372036854775807", "9223372036854775808", "0x10"]
    /// What is found to be wrong after the arguments, so that those that are right end soon.
    private static let train = "train --dataset ./none --device reference"
    private static let tune = "tune --device reference"
    private static let layers = "bench layers --device nothing"
    private static let gradients = "gradients --network lenet --input ./none --output out --device reference"
    private static let options: [Option] =
      [
        Option(train, "--epochs", "1", valid: big),
        Option(train, "--max-steps", "1", valid: big),
        Option(train, "--batch-size", "1", valid: big),
        Option(train, "--learning-rate", "above 0", valid: finite),
        Option(train, "--accumulate", "1", valid: big),
        Option(train, "--label-smoothing", "from 0 to below 1", valid: ["0", "-0"]),
        Option(train, "--validation-split", "below 1"),
        Option("evaluate ./none --device reference", "--validation-split", "at most 1"),
        Option(train, "--patience", "1", valid: big),
        Option(train, "--momentum", "from 0 to below 1", valid: ["0", "-0"]),
        Option(train, "--clip-norm", "above 0", valid: finite),
        Option(train, "--clip-value", "above 0", valid: finite),
        Option(train, "--ema", "from 0 to below 1", valid: ["0", "-0"]),
        Option(train, "--warmup-steps", "0", valid: big + ["0", "-0"]),
        Option("\(train) --schedule step", "--schedule-epochs", "1", valid: big),
        Option("\(train) --schedule step", "--schedule-factor", "below 1"),
        Option(train, "--weight-decay", "at least 0", valid: finite + ["0", "-0"]),
        Option(train, "--seed", "from 0", valid: ["0", "-0"] + finite.dropLast()),
        Option("predict ./none x.png --device reference", "--top", "1", valid: big),
        Option("\(tune) --network lenet", "--batch-size", "1"),
        Option("\(tune) --network lenet", "--budget", "number", valid: finite),
        Option(layers, "--budget", "number", valid: finite),
        Option("bench networks --network lenet --device nothing", "--budget", "number", valid: finite),
        Option("bench networks --network lenet --device nothing", "--batch-size", "1", valid: big),
        Option(gradients, "--classes", "1", valid: big),
        Option(gradients, "--seed", "from 0", valid: ["0", "-0"] + finite.dropLast()),
      ]
      + (0..<11).map { position in
        // A padding of "0x10" is one for the rows and one for the columns.
        var numbers = "1,8,8,4,4,3,3,1,1,1,1".split(separator: ",").map(String.init)
        numbers[position] = "*"
        return Option(
          tune, "--shape", "shape", form: numbers.joined(separator: ","),
          valid: position == 8 ? ["0", "-0", "0x10"] : [])
      }

    @Test(arguments: options) func everyTextIsRefusedByNameOrWorks(option: Option) throws {
      for text in Self.texts {
        let value = option.form.replacing("*", with: text)
        let run = try Deltacl(option.arguments + [option.name, value], shell: "ulimit -v 8000000; ulimit -t 30;")
        #expect(run.errorLines.filter { $0.hasPrefix("deltacl: error: ") }.count == 1, "'\(value)': \(run.errors)")
        guard !option.valid.contains(text) else {
          #expect(run.status == 1, "'\(value)': \(run.errors)")
          continue
        }
        #expect(run.status == 64, "'\(value)': \(run.errors)")
        let words =
          option.name == "--max-steps" ? "maximum of steps" : option.name.dropFirst(2).replacing("-", with: " ")
        #expect(run.errors.contains(option.name) || run.errors.contains(words), "'\(value)': \(run.errors)")
        #expect(run.errors.contains(value.isEmpty ? "is empty" : option.range), "'\(value)': \(run.errors)")
      }
    }

    /// Numbers that are right and too large for any machine are errors before much is allocated.
    @Test(arguments: [
      ["bench", "networks", "--network", "lenet", "--batch-size", "9223372036854775807"],
      ["bench", "layers", "--shape", "2000000000,8,8,4,4,3,3,1,1"],
    ])
    func whatNoMachineHoldsIsSaid(arguments: [String]) throws {
      let run = try Deltacl(arguments + ["--device", "reference"], shell: "ulimit -v 8000000; ulimit -t 30;")
      #expect(run.status == 1 || run.status == 64, "\(run.errors)")
      #expect(run.errorLines.filter { $0.hasPrefix("deltacl: error: ") }.count == 1, "\(run.errors)")
    }
  }
}
