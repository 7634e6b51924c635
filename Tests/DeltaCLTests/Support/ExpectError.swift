import DeltaCL
import Testing

/// Expects a ``DeltaCLError`` of the given kind whose one line names what was wrong.
func expectError<Result>(
  _ code: DeltaCLError.Code, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("no error was thrown, not \(code)", sourceLocation: sourceLocation)
  } catch let error as DeltaCLError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(!error.message.contains("\n"), sourceLocation: sourceLocation)
    for word in words {
      #expect(error.message.contains(word), "'\(error)' does not say '\(word)'", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("\(error) was thrown, not \(code)", sourceLocation: sourceLocation)
  }
}
