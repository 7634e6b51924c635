import COpenCL

/// A device of a platform with all that it reports, read once when the device is listed.
///
/// What a driver does not know reads as zero, empty, nil or false. Two devices are equal if they are the same device of this
/// process.
public final class Device: Hashable, Sendable {
  /// The platform the device belongs to.
  public let platform: Platform
  /// `CL_DEVICE_NAME`.
  public let name: String
  /// `CL_DEVICE_VENDOR`.
  public let vendor: String
  /// `CL_DEVICE_VENDOR_ID`, often the PCI vendor.
  public let vendorID: UInt32
  /// `CL_DRIVER_VERSION`.
  public let driverVersion: String
  /// `CL_DEVICE_VERSION`, the whole text.
  public let versionText: String
  /// The OpenCL version of the device.
  public let version: OpenCLVersion
  /// `CL_DEVICE_OPENCL_C_VERSION`, the whole text.
  public let languageVersionText: String
  /// The OpenCL C version that the device reports; newer ones may be in `languageVersions`.
  public let languageVersion: OpenCLVersion
  /// `CL_DEVICE_OPENCL_C_ALL_VERSIONS`, ascending; only `languageVersion` before OpenCL 3.0.
  public let languageVersions: [OpenCLVersion]
  /// `CL_DEVICE_OPENCL_C_FEATURES`; empty before OpenCL 3.0.
  public let languageFeatures: [LanguageFeature]
  /// `FULL_PROFILE` or `EMBEDDED_PROFILE`.
  public let profile: String
  /// The names of the device's extensions.
  public let extensions: [String]
  /// GPU, accelerator, CPU or custom.
  public let type: DeviceType
  /// Whether the device can be used now.
  public let isAvailable: Bool
  /// Whether programs can be built from source.
  public let isCompilerAvailable: Bool
  /// Whether programs can be linked.
  public let isLinkerAvailable: Bool

  /// The number of parallel compute units.
  public let computeUnits: Int
  /// The highest clock frequency in MHz.
  public let clockMHz: Int
  /// The bits of an address.
  public let addressBits: Int
  /// Whether values are stored little-endian.
  public let isLittleEndian: Bool
  /// The work-items that a work-group may have.
  public let maximumWorkGroupSize: Int
  /// The work-items that a work-group may have along each dimension.
  public let maximumWorkItemSizes: [Int]
  /// The sub-groups that a work-group may have; 0 without sub-groups.
  public let maximumSubgroups: Int
  /// `CL_DEVICE_SUB_GROUP_SIZES_INTEL`, ascending: what a kernel may require; empty without `cl_intel_required_subgroup_size`.
  public let requirableSubgroupSizes: [Int]
  /// The vector widths that suit the compiler.
  public let preferredVectorWidths: VectorWidths
  /// The vector widths of the instruction set.
  public let nativeVectorWidths: VectorWidths

  /// The bytes of global memory.
  public let globalMemoryBytes: Int
  /// The bytes of the global memory's cache.
  public let globalMemoryCacheBytes: Int
  /// The bytes of a line of that cache.
  public let globalMemoryCacheLineBytes: Int
  /// The bytes of the largest buffer.
  public let maximumAllocationBytes: Int
  /// The bytes of local memory that a work-group may have.
  public let localMemoryBytes: Int
  /// Where local memory is.
  public let localMemoryType: LocalMemoryType
  /// The bytes of the largest `constant` argument.
  public let maximumConstantBufferBytes: Int
  /// The bytes that all arguments of a kernel may have together.
  public let maximumParameterBytes: Int
  /// The alignment in bits that a sub-buffer's offset needs.
  public let memoryBaseAddressAlignmentBits: Int
  /// Whether host and device share one memory.
  public let hasHostUnifiedMemory: Bool
  /// Whether memory has error correction.
  public let hasErrorCorrection: Bool
  /// Whether there are images.
  public let hasImages: Bool

  /// The capabilities of float arithmetic.
  public let singlePrecision: FloatingPointCapabilities
  /// The capabilities of double arithmetic; empty if there is none.
  public let doublePrecision: FloatingPointCapabilities
  /// The capabilities of half arithmetic; empty if there is none.
  public let halfPrecision: FloatingPointCapabilities
  /// The nanoseconds between two ticks of the profiling timer.
  public let profilingTimerResolution: Int

  /// The `cl_device_id`, which lives at least as long as this object.
  public nonisolated(unsafe) let handle: OpaquePointer
  /// Whether it is a part of another device, which lives as long as somebody retains it.
  private let isPart: Bool

  /// Reads what a device reports that other code has got from OpenCL. One that was made by partitioning is retained.
  ///
  /// - Parameter handle: A valid `cl_device_id`.
  /// - Throws: `OpenCLError` if the device does not answer.
  public convenience init(retaining handle: OpaquePointer) throws {
    let query = InfoQuery(call: "clGetDeviceInfo") { clGetDeviceInfo(handle, $0, $1, $2, $3) }
    guard let platform = try query.value(CL_DEVICE_PLATFORM, as: cl_platform_id?.self) else {
      throw OpenCLError(refused: .invalidDevice, call: "clGetDeviceInfo", detail: "the device has no platform")
    }
    try self.init(handle: handle, platform: Platform(handle: platform))
  }

  init(handle: OpaquePointer, platform: Platform) throws {
    self.handle = handle
    self.platform = platform
    let query = InfoQuery(call: "clGetDeviceInfo") { clGetDeviceInfo(handle, $0, $1, $2, $3) }
    func text(_ name: Int32) throws -> String { try query.ifKnown { try $0.string(name) } ?? "" }
    func flag(_ name: Int32) throws -> Bool { try query.ifKnown { try $0.value(name, as: cl_bool.self) != 0 } ?? false }
    func small(_ name: Int32) throws -> Int { try query.ifKnown { Int(try $0.value(name, as: cl_uint.self)) } ?? 0 }
    func size(_ name: Int32) throws -> Int {
      try query.ifKnown { Int(clamping: try $0.value(name, as: UInt.self)) } ?? 0
    }
    func bytes(_ name: Int32) throws -> Int {
      try query.ifKnown { Int(clamping: try $0.value(name, as: cl_ulong.self)) } ?? 0
    }
    func precision(_ name: Int32) throws -> FloatingPointCapabilities {
      FloatingPointCapabilities(rawValue: try query.ifKnown { try $0.value(name, as: cl_device_fp_config.self) } ?? 0)
    }

    name = try query.string(CL_DEVICE_NAME)
    vendor = try text(CL_DEVICE_VENDOR)
    vendorID = try query.ifKnown { try $0.value(CL_DEVICE_VENDOR_ID, as: cl_uint.self) } ?? 0
    driverVersion = try text(CL_DRIVER_VERSION)
    versionText = try text(CL_DEVICE_VERSION)
    version = OpenCLVersion(parsing: versionText) ?? OpenCLVersion(1, 0)
    languageVersionText = try text(CL_DEVICE_OPENCL_C_VERSION)
    languageVersion = OpenCLVersion(parsing: languageVersionText) ?? OpenCLVersion(1, 0)
    if version >= OpenCLVersion(3, 0) {
      let versions = try query.ifKnown { try $0.array(CL_DEVICE_OPENCL_C_ALL_VERSIONS, of: cl_name_version.self) } ?? []
      languageVersions = Set(versions.map { OpenCLVersion(packed: $0.version) }).sorted()
      let features = try query.ifKnown { try $0.array(CL_DEVICE_OPENCL_C_FEATURES, of: cl_name_version.self) } ?? []
      languageFeatures = features.map {
        LanguageFeature(name: string(inFixedArray: $0.name), version: OpenCLVersion(packed: $0.version))
      }
    } else {
      languageVersions = [languageVersion]
      languageFeatures = []
    }
    profile = try text(CL_DEVICE_PROFILE)
    extensions = words(try text(CL_DEVICE_EXTENSIONS))
    type = DeviceType(try query.ifKnown { try $0.value(CL_DEVICE_TYPE, as: cl_device_type.self) } ?? 0)
    isAvailable = try flag(CL_DEVICE_AVAILABLE)
    isCompilerAvailable = try flag(CL_DEVICE_COMPILER_AVAILABLE)
    isLinkerAvailable = try flag(CL_DEVICE_LINKER_AVAILABLE)

    computeUnits = try small(CL_DEVICE_MAX_COMPUTE_UNITS)
    clockMHz = try small(CL_DEVICE_MAX_CLOCK_FREQUENCY)
    addressBits = try small(CL_DEVICE_ADDRESS_BITS)
    isLittleEndian = try flag(CL_DEVICE_ENDIAN_LITTLE)
    maximumWorkGroupSize = try size(CL_DEVICE_MAX_WORK_GROUP_SIZE)
    maximumWorkItemSizes =
      try query.ifKnown { try $0.array(CL_DEVICE_MAX_WORK_ITEM_SIZES, of: UInt.self).map { Int(clamping: $0) } } ?? []
    maximumSubgroups = try small(CL_DEVICE_MAX_NUM_SUB_GROUPS)
    // CL_DEVICE_SUB_GROUP_SIZES_INTEL of cl_ext.h.
    let subgroupSizes: [UInt] =
      extensions.contains("cl_intel_required_subgroup_size")
      ? try query.ifKnown { try $0.array(0x4108, of: UInt.self) } ?? [] : []
    requirableSubgroupSizes = subgroupSizes.map { Int(clamping: $0) }.sorted()
    preferredVectorWidths = VectorWidths(
      char: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR),
      short: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT),
      int: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT),
      long: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG),
      half: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF),
      float: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT),
      double: try small(CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE))
    nativeVectorWidths = VectorWidths(
      char: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR),
      short: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT),
      int: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_INT),
      long: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG),
      half: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF),
      float: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
      double: try small(CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE))

    globalMemoryBytes = try bytes(CL_DEVICE_GLOBAL_MEM_SIZE)
    globalMemoryCacheBytes = try bytes(CL_DEVICE_GLOBAL_MEM_CACHE_SIZE)
    globalMemoryCacheLineBytes = try small(CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE)
    maximumAllocationBytes = try bytes(CL_DEVICE_MAX_MEM_ALLOC_SIZE)
    localMemoryBytes = try bytes(CL_DEVICE_LOCAL_MEM_SIZE)
    switch Int32(truncatingIfNeeded: try small(CL_DEVICE_LOCAL_MEM_TYPE)) {
    case CL_LOCAL: localMemoryType = .local
    case CL_GLOBAL: localMemoryType = .global
    default: localMemoryType = .none
    }
    maximumConstantBufferBytes = try bytes(CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE)
    maximumParameterBytes = try size(CL_DEVICE_MAX_PARAMETER_SIZE)
    memoryBaseAddressAlignmentBits = try small(CL_DEVICE_MEM_BASE_ADDR_ALIGN)
    hasHostUnifiedMemory = try flag(CL_DEVICE_HOST_UNIFIED_MEMORY)
    hasErrorCorrection = try flag(CL_DEVICE_ERROR_CORRECTION_SUPPORT)
    hasImages = try flag(CL_DEVICE_IMAGE_SUPPORT)

    singlePrecision = try precision(CL_DEVICE_SINGLE_FP_CONFIG)
    doublePrecision = try precision(CL_DEVICE_DOUBLE_FP_CONFIG)
    // CL_DEVICE_HALF_FP_CONFIG of cl_ext.h.
    halfPrecision = extensions.contains("cl_khr_fp16") ? try precision(0x1033) : []
    profilingTimerResolution = try size(CL_DEVICE_PROFILING_TIMER_RESOLUTION)
    isPart = try query.ifKnown { try $0.value(CL_DEVICE_PARENT_DEVICE, as: cl_device_id?.self) != nil } ?? false
    if isPart { try check(clRetainDevice(handle), "clRetainDevice") }
  }

  deinit {
    if isPart { clReleaseDevice(handle) }
  }

  /// Whether the device computes in double.
  public var hasFloat64: Bool { extensions.contains("cl_khr_fp64") || !doublePrecision.isEmpty }

  /// Whether the device computes in half.
  public var hasFloat16: Bool { extensions.contains("cl_khr_fp16") }

  /// Whether kernels can use sub-groups.
  public var hasSubgroups: Bool {
    maximumSubgroups > 0 || extensions.contains("cl_khr_subgroups") || extensions.contains("cl_intel_subgroups")
  }

  /// The `-cl-std` option of the OpenCL C version that the device itself reports.
  ///
  /// The platform's version says nothing of it: PoCL 3.1 is OpenCL 3.0 and compiles OpenCL C 1.2.
  /// OpenCL C 1.0 has no such option; a compiler for it gets none.
  public var standardOption: String {
    languageVersion >= OpenCLVersion(1, 1) ? "-cl-std=CL\(languageVersion)" : ""
  }

  /// Whether both are the same device of this process.
  public static func == (left: Device, right: Device) -> Bool {
    left.handle == right.handle
  }

  /// Hashes the device's identity.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(handle)
  }
}
