import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// What a driver, the system or a limit keeps from working is said in a line, with what to do.
  @Suite struct DriverFaultTests {
    private static let layer = Result { try NativeLibrary.faultyLayer() }
    private static let threads = Result { try NativeLibrary.withoutThreads() }

    private func environment(fault: String) throws -> [String: String] {
      ["OPENCL_LAYERS": try Self.layer.get().path, "LAYER_FAULT": fault]
    }

    private func relu(_ arguments: [String] = [], _ environment: [String: String], shell: String? = nil) throws
      -> Deltacl
    {
      let folder = try TemporaryFolder()
      let input = try folder.write(["x": .floats([3], [-1, 0, 2])])
      return try Deltacl(
        ["op", "relu", "--input", input, "--output", folder.path("out")] + arguments, environment: environment,
        shell: shell)
    }

    @Test func aPlatformThatFailsHidesNoOther() throws {
      let environment = try environment(fault: "platform")
      let devices = try Deltacl("devices", environment: environment)
      #expect(devices.status == 0)
      #expect(devices.output.contains("default: 1:0 (auto: the only OpenCL device)"))
      #expect(
        devices.errors.contains("platform 0: clGetPlatformInfo failed with CL_OUT_OF_HOST_MEMORY (-6)"),
        "\(devices.errors)")
      let run = try relu(["--device", "cpu"], environment)
      #expect(run.status == 0, "\(run.errors)")
      try relu(["--device", "0:0"], environment).expectFailure(saying: "platform 0: clGetPlatformInfo failed")
    }

    @Test func theFallToTheReferenceBackendIsLoud() throws {
      let folder = try TemporaryFolder()
      for (fault, words) in [
        ("devices", "platform 0 (Portable Computing Language): it has no device"),
        ("query", "device 0:0 of platform 0 (Portable Computing Language): clGetDeviceInfo failed with"),
      ] {
        let environment = try environment(fault: fault)
        let run = try RunningDeltacl(
          ["train", "--dataset", "digits", "--max-steps", "1", "--output", folder.path("run")], environment: environment
        )
        run.waitFor("images to train on")
        run.send(SIGKILL)
        let errors = run.errors
        _ = try run.wait()
        let lines = errors.split(separator: "\n")
        let warnings = lines.prefix { !$0.contains("images to train on") }.filter { $0.hasPrefix("deltacl: warning: ") }
        #expect(warnings.contains { $0.contains("no OpenCL device can be used") && $0.contains("slower") }, "\(errors)")
        #expect(warnings.contains { $0.contains(words) }, "\(errors)")
        let small = try relu([], environment)
        #expect(small.status == 0)
        #expect(small.errors.contains(words))
        // An explicit choice does not fall back.
        try relu(["--device", "cpu"], environment).expectFailure(saying: words)
        // Who wants the reference backend is not warned of it.
        #expect(try relu(["--device", "reference"], environment).errors.isEmpty)
        let listing = try Deltacl("devices", "--json", environment: environment)
        #expect(listing.status == 0 && listing.output.contains("\"failures\" : ["))
        #expect(listing.errors.contains(words))
      }
    }

    @Test(arguments: ["context", "program", "query"]) func aSmallerBatchIsNoAdviceForOtherThanTensors(fault: String)
      throws
    {
      let run = try relu(["--device", "0:0"], environment(fault: fault))
      run.expectFailure(saying: "ulimit -a")
      #expect(!run.errors.contains("smaller batch"))
    }

    @Test func aSmallerBatchIsAdviceForBuffers() throws {
      try relu(["--device", "0:0"], environment(fault: "buffer")).expectFailure(saying: "use a smaller batch")
    }

    /// CL_DEVICE_MAX_WORK_GROUP_SIZE, CL_DEVICE_MAX_MEM_ALLOC_SIZE, CL_DEVICE_GLOBAL_MEM_SIZE and CL_DEVICE_MEM_BASE_ADDR_ALIGN as
    /// no device has them.
    @Test(arguments: [
      ("0x1004=0", "work-groups of 0 work-items"), ("0x1010=0", "a largest buffer of 0 bytes"),
      ("0x101F=0", "a global memory of 0 bytes"), ("0x1019=0x80000000", "buffers aligned to 2147483648 bits"),
    ])
    func nonsenseThatADriverReportsIsSaid(values: String, words: String) throws {
      let environment = try environment(fault: "value").merging(["LAYER_VALUES": values]) { $1 }
      try relu(["--device", "0:0"], environment).expectFailure(saying: "its driver reports \(words), which cannot be")
      let devices = try Deltacl("devices", environment: environment)
      #expect(devices.status == 0 && devices.output.contains("default: reference"), "\(devices.errors)")
      #expect(devices.output.contains("unusable          its driver reports \(words)"), "\(devices.output)")
    }

    /// CL_DEVICE_MAX_COMPUTE_UNITS, CL_DEVICE_MAX_CLOCK_FREQUENCY, CL_DEVICE_MAX_WORK_ITEM_SIZES and
    /// CL_DEVICE_LOCAL_MEM_SIZE.
    @Test(arguments: [
      "0x1002=0xffffffff 0x100C=0xffffffff", "0x1002=0 0x100C=0", "0x1005=0", "0x1023=0", "0x1023=0xffffffffffffffff",
    ])
    func numbersThatADriverDoesNotKnowDoNoHarm(values: String) throws {
      let environment = try environment(fault: "value").merging(["LAYER_VALUES": values]) { $1 }
      for family in ["", "local"] where family.isEmpty || values != "0x1023=0" {
        let run = try relu(["--device", "0:0"], environment.merging(["DELTACL_FAMILY": family]) { $1 })
        #expect(run.status == 0, "\(run.errors)")
      }
    }

    @Test func aDeviceWithoutLocalMemoryRunsNoLocalFamily() throws {
      let environment = try environment(fault: "value")
        .merging(["LAYER_VALUES": "0x1023=0", "DELTACL_FAMILY": "local"]) { $1 }
      try relu(["--device", "0:0"], environment).expectFailure(saying: "too few for the kernel family local: use tile")
    }

    /// However many threads can be started, a command ends, and where one is missing it says so.
    @Test func threadsThatCannotBeStartedAreSaid() throws {
      let folder = try TemporaryFolder()
      let library = try Self.threads.get().path
      var failures = 0
      for count in [0, 1, 2, 3, 4, 6, 100] {
        let run = try Deltacl(
          ["train", "--dataset", "digits", "--max-steps", "1", "--output", folder.path("run")],
          environment: ["LD_PRELOAD": library, "THREADS_BEFORE_FAILURE": "\(count)"])
        if run.status == 0 { continue }
        failures += 1
        #expect(run.status == 1 || run.status == -SIGABRT, "\(count): \(run.errors)")
        let last = run.errorLines.last { $0.hasPrefix("deltacl: error: ") } ?? ""
        #expect(last.contains("ulimit"), "\(count): \(run.errors)")
      }
      #expect(failures > 2 && failures < 7)
    }

    @Test(arguments: ["", "POCL_CACHE_DIR", "XDG_CACHE_HOME", "DELTACL_CACHE_DIR", "HOME"])
    func aFolderThatCannotBeWrittenIsNamed(variable: String) throws {
      let folder = try TemporaryFolder()
      let file = folder.path("file")
      try Data().write(to: URL(fileURLWithPath: file))
      // A file in the place of a folder stops even root; without any variable there is no home.
      let unset = ["POCL_CACHE_DIR", "XDG_CACHE_HOME", "DELTACL_CACHE_DIR", "HOME"].map { "-u \($0)" }.joined(
        separator: " ")
      let set = variable.isEmpty ? "" : "\(variable)='\(file)'"
      let shell = "set -- env \(unset) \(set) \"$0\" \"$@\"; exec \"$@\";"
      if variable == "DELTACL_CACHE_DIR" {
        return try relu(["--device", "cpu"], [:], shell: shell).expectFailure(saying: "DELTACL_CACHE_DIR is '\(file)'")
      }
      let run = try relu(["--device", "cpu"], [:], shell: shell)
      #expect(run.status == 0, "\(run.errors)")
      let warning = try #require(run.errorLines.first { $0.contains("warning: compiled kernels cannot be kept in") })
      #expect(warning.contains(variable.isEmpty ? "HOME is not set" : variable), "\(warning)")
      #expect(variable.isEmpty || warning.contains("(Not a directory)"), "\(warning)")
      #expect(warning.contains("set POCL_CACHE_DIR to a folder that can be written"))
      #expect(try Deltacl("devices", shell: shell).errors.contains(warning))
    }

    @Test func aCompilerThatCannotWriteIsSaid() throws {
      let folder = try TemporaryFolder()
      let run = try relu(["--device", "cpu"], ["POCL_CACHE_DIR": folder.url.path], shell: "ulimit -f 4;")
      #expect(run.status == 1 || run.status == -SIGABRT)
      #expect(run.errorLines.contains { $0.hasPrefix("deltacl: error: ") && $0.contains("ulimit -a") }, "\(run.errors)")
    }

    @Test(arguments: [
      "DELTACL_EXACT", "DELTACL_TUNING", "DELTACL_VERBOSE", "DELTACL_FAMILY", "DELTACL_CACHE_DIR",
      "DELTACL_KERNELS_DIR",
    ])
    func everyVariableIsValidated(name: String) throws {
      for value in ["x", "2", "true", " "] {
        let value = name.hasSuffix("DIR") ? "/dev/null" : value
        for device in ["cpu", "reference"] {
          try relu(["--device", device], [name: value]).expectFailure(saying: "\(name) is '\(value)'")
        }
        #expect(
          try Deltacl("devices", environment: [name: value]).errors.contains("no command will compute: \(name) is"))
      }
    }
  }
}
