import DeltaCLSystem
import Testing

@Suite struct ExcerptTests {
  @Test func shortTextsStay() {
    #expect(Excerpt.quoted("conv1.weight") == "'conv1.weight'")
    #expect(Excerpt.quoted("\u{e9}\u{1f642}") == "'\u{e9}\u{1f642}'")
    #expect(Excerpt.list(1...12) == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12")
    #expect(Excerpt.list([] as [Int]) == "")
    #expect(Excerpt.line("a line") == "a line")
  }

  @Test func longTextsAreCut() {
    #expect(Excerpt.quoted(String(repeating: "a", count: 90)).hasSuffix("aaa' and 10 more characters"))
    #expect(Excerpt.list(1...14).hasSuffix("12 and 2 more"))
    #expect(Excerpt.list([String(repeating: "b", count: 1000)]).count < 120)
    let line = Excerpt.line("begin" + String(repeating: "c", count: 1_000_000) + "end")
    #expect(line.hasPrefix("beginccc") && line.hasSuffix("ccend") && line.count < 2010)
  }

  @Test func controlCharactersAreEscaped() {
    #expect(Excerpt.quoted("a\u{1b}[31m\n\u{9b}\u{202e}") == #"'a\u{1B}[31m\n\u{009B}\u{202E}'"#)
  }
}
