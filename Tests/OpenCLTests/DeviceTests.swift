import OpenCL
import Testing

@Suite struct DeviceTests {
  @Test func reportsWhatPlanningNeeds() throws {
    let device = try testDevice()
    #expect(!device.name.isEmpty)
    #expect(!device.vendor.isEmpty)
    #expect(!device.driverVersion.isEmpty)
    #expect(!device.platform.name.isEmpty)
    #expect(device.platform.profile == device.profile)
    #expect(device.isAvailable && device.isCompilerAvailable && device.isLinkerAvailable)
    #expect(device.version >= OpenCLVersion(1, 2))
    #expect(device.languageVersion >= OpenCLVersion(1, 2))
    #expect(device.languageVersions.contains(device.languageVersion))
    #expect(device.computeUnits > 0)
    #expect(device.addressBits == MemoryLayout<Int>.size * 8)
    #expect(device.isLittleEndian)
    #expect(device.maximumWorkItemSizes.count >= 3)
    #expect(device.maximumWorkGroupSize > 0)
    #expect(device.maximumAllocationBytes >= 1 << 27)
    #expect(device.maximumAllocationBytes <= device.globalMemoryBytes)
    #expect(device.localMemoryBytes >= 32 << 10)
    #expect(device.localMemoryType != .none)
    #expect(device.maximumConstantBufferBytes >= 64 << 10)
    #expect(device.maximumParameterBytes >= 1024)
    #expect(device.memoryBaseAddressAlignmentBits.isMultiple(of: 8))
    #expect(device.nativeVectorWidths.float > 0)
    #expect(device.preferredVectorWidths.float > 0)
    #expect(device.singlePrecision.isSuperset(of: [.roundToNearest, .infinityAndNaN]))
    #expect(device.hasFloat16 == !device.halfPrecision.isEmpty)
    #expect(device.profilingTimerResolution > 0)
  }

  @Test func standardOptionIsOfTheDevicesLanguage() throws {
    let device = try testDevice()
    #expect(device.standardOption == "-cl-std=CL\(device.languageVersion)")
    #expect(device.languageVersionText.contains("\(device.languageVersion)"))
  }

  @Test func featuresOfOpenCL3AreListed() throws {
    let device = try testDevice()
    let hasFeatures = device.version >= OpenCLVersion(3, 0)
    #expect(device.languageFeatures.isEmpty != hasFeatures)
    #expect(device.languageFeatures.allSatisfy { $0.name.hasPrefix("__opencl_c_") })
  }

  @Test func identityIsTheHandles() throws {
    let first = try testDevice()
    let second = try testDevice()
    #expect(first !== second)
    #expect(first == second)
    #expect(Set([first, second]).count == 1)
    #expect(first.platform == second.platform)
    #expect(try first.platform.devices().contains(first))
  }
}
