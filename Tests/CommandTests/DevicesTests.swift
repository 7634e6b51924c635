import Foundation
import Testing

extension CommandTests {
  @Suite struct DevicesTests {
    private struct Listing: Decodable {
      struct Default: Decodable {
        let selector: String
        let reason: String
      }

      struct Device: Decodable {
        struct Details: Decodable {
          struct Memory: Decodable {
            let globalBytes: Int
            let globalCacheBytes: Int
            let localBytes: Int
            let constantBytes: Int
            let maximumAllocationBytes: Int
          }

          struct WorkGroup: Decodable {
            let maximumSize: Int
            let maximumItemSizes: [Int]
          }

          let driverVersion: String
          let openclVersion: String
          let openclCVersion: String
          let vendor: String
          let computeUnits: Int
          let clockMhz: Int
          let memory: Memory
          let workGroup: WorkGroup
          let preferredVectorWidths: [String: Int]
          let nativeVectorWidths: [String: Int]
          let fp64: Bool
          let extensions: [String]
        }

        let selector: String
        let name: String
        let type: String
        let isDefault: Bool
        let score: Int
        let kernelFamily: String
        let opencl: Details?
      }

      let platforms: [[String: JSONText]]
      let devices: [Device]
      let `default`: Default
    }

    /// A string or number as text.
    private struct JSONText: Decodable {
      let text: String

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try (try? container.decode(String.self)) ?? "\(container.decode(Int.self))"
      }
    }

    private func listing(_ arguments: String..., environment: [String: String] = [:]) throws -> Listing {
      let run = try Deltacl(["devices", "--json"] + arguments, environment: environment)
      #expect(run.status == 0)
      return try JSONDecoder().decode(Listing.self, from: Data(run.output.utf8))
    }

    /// What `clinfo --raw` says: the lines of each device, by its index, and the number of platforms.
    private func clinfo() throws -> (platformCount: Int, devices: [[String: String]]) {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/clinfo")
      process.arguments = ["--raw"]
      process.standardOutput = pipe
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      var devices: [String: [String: String]] = [:]
      var order: [String] = []
      var platformCount = 0
      for line in text.split(separator: "\n") {
        if let match = line.wholeMatch(of: /#PLATFORMS\s+(\d+)/) { platformCount = Int(match.1) ?? 0 }
        guard let match = line.wholeMatch(of: /\[(\w+\/\d+)\]\s+(CL_\w+)\s+(.*?)\s*/) else { continue }
        let device = String(match.1)
        if devices[device] == nil { order.append(device) }
        devices[device, default: [:]][String(match.2)] = String(match.3)
      }
      return (platformCount, order.compactMap { devices[$0] })
    }

    @Test func devicesAreThoseThatClinfoFinds() throws {
      let expected = try clinfo()
      let listing = try listing()
      #expect(listing.platforms.count == expected.platformCount)
      let devices = listing.devices.filter { $0.opencl != nil }
      try #require(!devices.isEmpty)
      try #require(devices.count == expected.devices.count)
      for (device, facts) in zip(devices, expected.devices) {
        let details = try #require(device.opencl)
        func number(_ name: String) -> Int? { facts[name].flatMap { Int($0) } }
        #expect(device.name == facts["CL_DEVICE_NAME"])
        #expect("CL_DEVICE_TYPE_\(device.type.uppercased())" == facts["CL_DEVICE_TYPE"])
        #expect(details.vendor == facts["CL_DEVICE_VENDOR"])
        #expect(details.driverVersion == facts["CL_DRIVER_VERSION"])
        #expect(details.openclVersion == facts["CL_DEVICE_VERSION"])
        #expect(details.openclCVersion == facts["CL_DEVICE_OPENCL_C_VERSION"])
        #expect(details.computeUnits == number("CL_DEVICE_MAX_COMPUTE_UNITS"))
        #expect(details.clockMhz == number("CL_DEVICE_MAX_CLOCK_FREQUENCY"))
        #expect(details.memory.globalBytes == number("CL_DEVICE_GLOBAL_MEM_SIZE"))
        #expect(details.memory.globalCacheBytes == number("CL_DEVICE_GLOBAL_MEM_CACHE_SIZE"))
        #expect(details.memory.localBytes == number("CL_DEVICE_LOCAL_MEM_SIZE"))
        #expect(details.memory.constantBytes == number("CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE"))
        #expect(details.memory.maximumAllocationBytes == number("CL_DEVICE_MAX_MEM_ALLOC_SIZE"))
        #expect(details.workGroup.maximumSize == number("CL_DEVICE_MAX_WORK_GROUP_SIZE"))
        let itemSizes = details.workGroup.maximumItemSizes.map(String.init).joined(separator: " ")
        #expect(itemSizes == facts["CL_DEVICE_MAX_WORK_ITEM_SIZES"])
        for type in ["char", "short", "int", "long", "half", "float", "double"] {
          #expect(
            details.preferredVectorWidths[type] == number("CL_DEVICE_PREFERRED_VECTOR_WIDTH_\(type.uppercased())"))
          #expect(details.nativeVectorWidths[type] == number("CL_DEVICE_NATIVE_VECTOR_WIDTH_\(type.uppercased())"))
        }
        #expect(details.extensions == facts["CL_DEVICE_EXTENSIONS"]?.split(separator: " ").map(String.init))
      }
    }

    @Test func oneDeviceIsTheDefaultAndReferenceIsLast() throws {
      let listing = try listing()
      let chosen = listing.devices.filter(\.isDefault)
      #expect(chosen.map(\.selector) == [listing.default.selector])
      #expect(chosen.first?.score == listing.devices.map(\.score).max())
      #expect(!listing.default.reason.isEmpty)
      #expect(listing.devices.last?.selector == "reference")
    }

    @Test func deviceIsFoundByEachFormOfItsName() throws {
      let name = try #require(try listing().devices.first).name
      for text in ["0:0", "cpu", "CPU", name, name.uppercased(), "portable"] {
        #expect(try listing("--device", text).devices.map(\.selector) == ["0:0"])
      }
      #expect(try listing("--device", "reference").devices.map(\.selector) == ["reference"])
      #expect(try listing(environment: ["DELTACL_DEVICE": "reference"]).default.selector == "reference")
    }

    @Test func textNamesWhatJSONHas() throws {
      let listing = try listing()
      let run = try Deltacl("devices")
      #expect(run.status == 0)
      for device in listing.devices {
        #expect(run.output.contains("\(device.selector)  \(device.name)"))
        for fact in [device.opencl?.driverVersion, device.opencl?.openclCVersion].compactMap(\.self) {
          #expect(run.output.contains(fact))
        }
      }
      #expect(run.output.hasSuffix("default: \(listing.default.selector) (\(listing.default.reason))\n"))
    }

    @Test func withoutPlatformReferenceRemains() throws {
      let environment = ["OCL_ICD_VENDORS": "/nonexistent", "OPENCL_VENDOR_PATH": "/nonexistent"]
      let listing = try listing(environment: environment)
      #expect(listing.platforms.isEmpty)
      #expect(listing.devices.map(\.selector) == ["reference"])
      let run = try Deltacl("devices", environment: environment)
      #expect(run.status == 0)
      #expect(run.errors.contains("apt-get install pocl-opencl-icd"))
      try Deltacl("devices", "--device", "cpu", environment: environment).expectFailure(saying: "reference")
    }

    @Test(arguments: ["tile", "local"]) func theEnvironmentChoosesTheKernels(family: String) throws {
      let listing = try listing(environment: ["DELTACL_FAMILY": family])
      for device in listing.devices {
        #expect(device.kernelFamily == (device.selector == "reference" ? "none" : family))
      }
    }

    @Test func anUnknownFamilyOfKernelsIsAFailure() throws {
      let words = "DELTACL_FAMILY is 'globe': set it to tile or local, or unset it"
      let environment = ["DELTACL_FAMILY": "globe"]
      let folder = try TemporaryFolder()
      let input = try folder.write(["x": .floats([1], [1])])
      for device in ["cpu", "reference"] {
        try Deltacl(
          "op", "relu", "--input", input, "--output", folder.path("out"), "--device", device, environment: environment
        )
        .expectFailure(saying: words)
      }
      #expect(folder.names() == ["in.safetensors"])
      // The list helps to mend it.
      let devices = try Deltacl("devices", environment: environment)
      #expect(devices.status == 0)
      #expect(devices.errors.contains(words))
    }

    @Test(arguments: [
      ("nonesuch", "no device or platform has 'nonesuch' in its name"), ("7:0", "there is no device 7:0"),
      ("gpu", "there is no usable GPU device"), ("e", "'e' fits 2 devices"),
    ])
    func unknownOrAmbiguousDeviceIsAFailure(_ device: String, _ words: String) throws {
      let run = try Deltacl("devices", "--device", device)
      run.expectFailure(saying: words)
      // The message lists what to type.
      #expect(run.errors.contains("0:0 ("))
      #expect(run.errors.contains("reference ("))
      let folder = try TemporaryFolder()
      let input = try folder.write(["x": .floats([1], [1])])
      try Deltacl(
        "op", "relu", "--input", input, "--output", folder.path("out"), environment: ["DELTACL_DEVICE": device]
      )
      .expectFailure(saying: words)
      #expect(folder.names() == ["in.safetensors"])
    }
  }
}
