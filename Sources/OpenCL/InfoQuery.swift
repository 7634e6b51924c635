import COpenCL

/// The `clGet...Info` query of one object, with typed reads.
struct InfoQuery {
  let call: String
  let get: (cl_uint, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int

  /// Reads a fixed-size value; bytes that the driver leaves unwritten are zero.
  func value<T: BitwiseCopyable>(_ name: Int32, as type: T.Type = T.self) throws -> T {
    try withUnsafeTemporaryAllocation(byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      try check(get(cl_uint(name), memory.count, memory.baseAddress, nil), call, detail: "query \(hexadecimal(name))")
      return memory.load(as: T.self)
    }
  }

  /// Reads a list of values.
  func array<T: BitwiseCopyable>(_ name: Int32, of type: T.Type = T.self) throws -> [T] {
    var byteCount = 0
    try check(get(cl_uint(name), 0, nil, &byteCount), call, detail: "query \(hexadecimal(name))")
    let count = max(0, byteCount) / MemoryLayout<T>.stride
    guard count > 0 else { return [] }
    return try [T](unsafeUninitializedCapacity: count) { elements, initializedCount in
      let memory = UnsafeMutableRawBufferPointer(elements)
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      try check(get(cl_uint(name), memory.count, memory.baseAddress, nil), call, detail: "query \(hexadecimal(name))")
      initializedCount = count
    }
  }

  /// Reads a text up to its first NUL, without the blanks around it.
  func string(_ name: Int32) throws -> String {
    let bytes = try array(name, of: UInt8.self).prefix { $0 != 0 }
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x0a || byte == 0x09 || byte == 0x0d }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// Runs a read and returns nil if the driver does not know what was asked.
  func ifKnown<T>(_ read: (InfoQuery) throws -> T) throws -> T? {
    do {
      return try read(self)
    } catch let error as OpenCLError where error.status == .invalidValue || error.status == .invalidOperation {
      return nil
    }
  }

  private func hexadecimal(_ name: Int32) -> String {
    "0x" + String(UInt32(bitPattern: name), radix: 16)
  }
}

/// A fixed-size array of characters in a C structure, up to its first NUL.
func string<Characters: BitwiseCopyable>(inFixedArray characters: Characters) -> String {
  withUnsafeBytes(of: characters) { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
