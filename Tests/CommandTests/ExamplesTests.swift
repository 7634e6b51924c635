import Foundation
import Testing

/// The programs in `Examples` do what they say.
@Suite struct ExamplesTests {
  private func run(_ example: String) throws -> Deltacl {
    let program = Deltacl.executable.deletingLastPathComponent().appendingPathComponent(example)
    return try Deltacl(executable: program)
  }

  @Test func bothBackendsConvolveAlike() throws {
    let result = try run("ConvolutionExample")
    #expect(result.status == 0, "\(result.errors)")
    let values = "[1, 5, 5, 1] [2.0, 3.0, 3.0, 3.0, 2.0]"
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(values) }, "\(result.output)")
  }

  @Test func aKernelOfOnesOwnComputesAlike() throws {
    let result = try run("CustomKernelExample")
    #expect(result.status == 0, "\(result.errors)")
    let values = " -0.2384 -0.2689 0.0000 0.7311 1.7616"
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("swish computes what its reference does"), "\(result.output)")
    #expect(lines.dropFirst().allSatisfy { $0.hasSuffix(values) }, "\(result.output)")
  }

  @Test func theTensorLibraryLearnsTheSameOnItsOwnLoops() throws {
    let result = try run("TensorLibraryExample")
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 && lines.last?.hasPrefix("plain Swift: ") == true, "\(result.output)")
    for line in lines {
      let right = try #require(line.firstMatch(of: /: (\d+) of 144 points right$/).flatMap { Int($0.1) })
      #expect(right > 135, "\(result.output)")
    }
  }

  @Test func theNetworkLearnsTheDigits() throws {
    let result = try run("TrainNetworkExample")
    #expect(result.status == 0, "\(result.errors)")
    let last = try #require(result.output.split(separator: "\n").last)
    let accuracy = try #require(last.split(separator: " ").last.flatMap { Double($0) })
    #expect(last.hasPrefix("epoch 3:") && accuracy > 0.9, "\(result.output)")
  }
}
