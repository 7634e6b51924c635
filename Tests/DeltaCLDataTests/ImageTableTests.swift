import Testing

@testable import DeltaCLData

@Suite struct ImageTableTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func load(_ text: String) throws -> Dataset {
    try Dataset.load(folder.write(Array(text.utf8), "list.csv"), validation: ValidationSplit(share: 0.5, seed: 1))
  }

  private func names(_ images: any LabeledImages) -> [String] { (images as? ImageFiles)?.names ?? [] }

  @Test func readsPathsAndClasses() throws {
    let dataset = try load("\u{FEFF}Path,Label\r\n\"a, \"\"b\"\".png\",10\r\n\r\nb.png,9\r\n/c.png,10\r\nd.png,9")
    #expect(dataset.classNames == ["9", "10"])
    #expect((names(dataset.train) + names(dataset.test)).sorted() == ["/c.png", "a, \"b\".png", "b.png", "d.png"])
    #expect((dataset.train.count, dataset.test.count) == (2, 2))
    let files = try #require(dataset.train as? ImageFiles)
    for index in 0..<files.count {
      let name = files.names[index]
      #expect(files.path(at: index) == (name == "/c.png" ? name : folder(name)))
      #expect(files.label(at: index) == (name.contains("b.png") && !name.contains("a") || name == "d.png" ? 0 : 1))
    }
  }

  @Test func partsMayBeGiven() throws {
    let dataset = try load("a,x,train\nb,y,Training\nc,x,val\nd,y,test\n")
    #expect(names(dataset.train) == ["a", "b"] && names(dataset.test) == ["c"])
    #expect(try names(TestSet.load(folder("list.csv")).images) == ["d"])
    #expect(try TestSet.load(folder("list.csv"), classNames: ["y", "x"]).images.label(at: 0) == 0)
  }

  @Test func refusesWhatIsNoTable() throws {
    for (text, words) in [
      ("a\n", "line 1 has 1 fields"), ("a,x\nb,\n", "line 2"), ("a,b,train,c", "4 fields"), ("a,x,later", "'later'"),
      ("a,x\nb,\"y\n", "line 2 has no partner"), ("a,\"x\"y\n", "line 1 has text behind"),
      ("a,x,train\nb,y\n", "1 of 2"), ("a,x\nb,x\n", "one class alone, 'x'"), ("path,label\n", "no line"),
    ] {
      expectError(.malformed, folder("list.csv"), words) { _ = try load(text) }
    }
    expectError(.notFound) { _ = try Dataset.load(folder("none.csv")) }
  }
}
