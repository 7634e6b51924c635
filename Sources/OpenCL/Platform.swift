import COpenCL
import Synchronization

/// An OpenCL implementation that the loader found.
public struct Platform: Hashable, Sendable {
  /// `CL_PLATFORM_NAME`.
  public let name: String
  /// `CL_PLATFORM_VENDOR`.
  public let vendor: String
  /// `CL_PLATFORM_VERSION`, the whole text.
  public let version: String
  /// `FULL_PROFILE` or `EMBEDDED_PROFILE`.
  public let profile: String
  /// The names of the platform's extensions.
  public let extensions: [String]

  /// The `cl_platform_id`.
  public nonisolated(unsafe) let handle: OpaquePointer

  init(handle: OpaquePointer) throws {
    self.handle = handle
    let query = InfoQuery(call: "clGetPlatformInfo") { clGetPlatformInfo(handle, $0, $1, $2, $3) }
    name = try query.string(CL_PLATFORM_NAME)
    vendor = try query.ifKnown { try $0.string(CL_PLATFORM_VENDOR) } ?? ""
    version = try query.ifKnown { try $0.string(CL_PLATFORM_VERSION) } ?? ""
    profile = try query.ifKnown { try $0.string(CL_PLATFORM_PROFILE) } ?? ""
    extensions = try query.ifKnown { try $0.string(CL_PLATFORM_EXTENSIONS) }.map(words) ?? []
  }

  /// Every platform that answers, in the loader's order; none is an empty list, not an error.
  ///
  /// - Throws: `OpenCLError` if the loader fails to answer.
  public static func all() throws -> [Platform] {
    try answers().compactMap { try? $0.get() }
  }

  /// What every platform answers, in the loader's order: itself, or why it cannot be used. None is an empty list, not an
  /// error.
  ///
  /// - Throws: `OpenCLError` if the loader fails to answer.
  public static func answers() throws -> [Result<Platform, any Error>] {
    try discovery.withLock { _ in try list() }
  }

  // PoCL 3.1 crashes if two threads make it initialise its devices at once.
  private static let discovery = Mutex(())

  private static func list() throws -> [Result<Platform, any Error>] {
    var count: cl_uint = 0
    let status = clGetPlatformIDs(0, nil, &count)
    if OpenCLStatus(status) == .platformNotFound || status == CL_SUCCESS && count == 0 { return [] }
    try check(status, "clGetPlatformIDs")
    var handles = [cl_platform_id?](repeating: nil, count: Int(count))
    try check(clGetPlatformIDs(count, &handles, nil), "clGetPlatformIDs")
    return handles.compactMap { $0 }.map { handle in Result { try Platform(handle: handle) } }
  }

  /// Every device of the platform that answers, in its order; none is an empty list, not an error.
  ///
  /// - Throws: `OpenCLError` if the platform fails to answer.
  public func devices() throws -> [Device] {
    try deviceAnswers().compactMap { try? $0.get() }
  }

  /// What every device of the platform answers, in its order: itself, or why it cannot be used. None is an empty list, not
  /// an error.
  ///
  /// - Throws: `OpenCLError` if the platform fails to answer.
  public func deviceAnswers() throws -> [Result<Device, any Error>] {
    try Self.discovery.withLock { _ in try listDevices() }
  }

  private func listDevices() throws -> [Result<Device, any Error>] {
    let everyType = cl_device_type(0xffff_ffff)
    var count: cl_uint = 0
    let status = clGetDeviceIDs(handle, everyType, 0, nil, &count)
    if OpenCLStatus(status) == .deviceNotFound || status == CL_SUCCESS && count == 0 { return [] }
    try check(status, "clGetDeviceIDs", detail: "platform \(name)")
    var handles = [cl_device_id?](repeating: nil, count: Int(count))
    try check(clGetDeviceIDs(handle, everyType, count, &handles, nil), "clGetDeviceIDs", detail: "platform \(name)")
    return handles.compactMap { $0 }.map { handle in Result { try Device(handle: handle, platform: self) } }
  }

  /// Whether both are the same platform of this process.
  public static func == (left: Self, right: Self) -> Bool {
    left.handle == right.handle
  }

  /// Hashes the platform's identity.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(handle)
  }
}

/// The words of a list such as the extensions' names.
func words(_ text: String) -> [String] {
  text.split(separator: " ").map(String.init)
}
