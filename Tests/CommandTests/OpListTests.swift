import Foundation
import Testing

extension CommandTests {
  /// `deltacl op --list`.
  @Suite struct OpListTests {
    private struct Description: Decodable {
      struct Tensor: Decodable {
        let name: String
        let type: String
        let isOptional: Bool
        let layout: String?
      }

      struct Attribute: Decodable, Equatable {
        let name: String
        let type: String
        let `default`: String?
      }

      let name: String
      let tensors: [Tensor]
      let attributes: [Attribute]
      let results: [String]
    }

    @Test func operationsAreListed() throws {
      let run = try Deltacl("op", "--list", "--json")
      #expect(run.status == 0, "\(run.errors)")
      let list = try JSONDecoder().decode([Description].self, from: Data(run.output.utf8))
      let names = try Deltacl("op", "--list").output.split(separator: "\n").map(String.init)
      #expect(names == list.map(\.name) && Set(names).count == names.count && names.count > 80)
      let convolution = try #require(list.first { $0.name == "convolution" })
      #expect(convolution.tensors.map(\.name) == ["x", "w", "b"] && convolution.results == ["y"])
      #expect(convolution.tensors.map(\.isOptional) == [false, false, true])
      #expect(convolution.tensors[0].layout == "[N, H, W, C]" && convolution.tensors[2].layout == nil)
      #expect(convolution.attributes[0] == .init(name: "stride", type: "extent", default: "1"))
      let dropout = try #require(list.first { $0.name == "dropout" })
      #expect(dropout.tensors.map(\.type) == ["float32", "int32"])
      let pooling = try #require(list.first { $0.name == "max-pooling" })
      #expect(pooling.attributes.contains(.init(name: "window", type: "extent", default: nil)))
    }
  }
}
