import OpenCL
import Testing

@Suite struct OpenCLErrorTests {
  @Test(arguments: [
    (0, "CL_SUCCESS"), (-1, "CL_DEVICE_NOT_FOUND"), (-5, "CL_OUT_OF_RESOURCES"),
    (-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"), (-19, "CL_KERNEL_ARG_INFO_NOT_AVAILABLE"),
    (-30, "CL_INVALID_VALUE"), (-52, "CL_INVALID_KERNEL_ARGS"), (-72, "CL_MAX_SIZE_RESTRICTION_EXCEEDED"),
    (-1001, "CL_PLATFORM_NOT_FOUND_KHR"),
  ])
  func statusHasItsHeaderName(code: Int32, name: String) {
    #expect(OpenCLStatus(rawValue: code).name == name)
    #expect(OpenCLStatus(rawValue: code).description == "\(name) (\(code))")
  }

  @Test func everyCoreCodeHasAName() {
    for code in Array(-19...0) + Array(-72 ... -30) {
      #expect(OpenCLStatus(rawValue: Int32(code)).name.hasPrefix("CL_"), "\(code)")
    }
  }

  @Test func unknownStatusPrintsItsNumber() {
    #expect(OpenCLStatus(rawValue: -9999).name == "OpenCL status -9999")
    #expect(OpenCLStatus(rawValue: -9999).description == "OpenCL status -9999")
  }

  @Test func onlyMemoryStatusesSuggestASmallerBatch() {
    for code in Int32(-72)...0 {
      let error = OpenCLError(status: OpenCLStatus(rawValue: code), call: "clCreateBuffer", detail: "64 bytes")
      let isMemory = [-4, -5, -6, -61].contains(code)
      #expect(error.isOutOfMemory == isMemory)
      #expect(error.description.contains("smaller batch") == isMemory)
    }
  }

  @Test(arguments: [
    "clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo", "clCreateContext",
    "clCreateCommandQueue",
    "clCreateProgramWithSource", "clBuildProgram", "clCreateKernel", "clSetKernelArg", "clGetEventInfo",
  ])
  func aSmallerBatchIsNoAdviceWhereNoTensorIsAtFault(call: String) {
    for code in Int32(-72)...0 {
      let error = OpenCLError(status: OpenCLStatus(rawValue: code), call: call)
      #expect(!error.isOutOfMemory)
      #expect(!error.description.contains("smaller batch"))
      #expect(error.description.contains("ulimit -a") == [-4, -5, -6].contains(code))
    }
  }

  @Test func descriptionIsOneLineWithCallStatusAndDetail() {
    let error = OpenCLError(status: OpenCLStatus(rawValue: -4), call: "clCreateBuffer", detail: "64 bytes asked")
    #expect(
      error.description
        == "clCreateBuffer failed with CL_MEM_OBJECT_ALLOCATION_FAILURE (-4): 64 bytes asked: try a smaller batch")
  }

  @Test func versionsAreParsedAndOrdered() {
    #expect(OpenCLVersion(parsing: "OpenCL C 1.2 PoCL") == OpenCLVersion(1, 2))
    #expect(OpenCLVersion(parsing: "OpenCL 3.0 PoCL 3.1+debian") == OpenCLVersion(3, 0))
    #expect(OpenCLVersion(parsing: "OpenCL") == nil)
    #expect(OpenCLVersion(parsing: "") == nil)
    #expect(OpenCLVersion(1, 2) < OpenCLVersion(2, 0))
    #expect(OpenCLVersion(2, 0) < OpenCLVersion(2, 1))
  }
}
