// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "DeltaCL",
  products: [
    .library(name: "OpenCL", targets: ["OpenCL"]),
    .library(name: "DeltaCL", targets: ["DeltaCL"]),
    .library(name: "DeltaCLData", targets: ["DeltaCLData"]),
    .library(name: "DeltaCLNetworks", targets: ["DeltaCLNetworks"]),
    .library(name: "DeltaCLONNX", targets: ["DeltaCLONNX"]),
    .executable(name: "deltacl", targets: ["deltacl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // The public libraries, each importing only those above it.
    .target(name: "OpenCL", dependencies: ["COpenCL"]),
    .target(name: "DeltaCL", dependencies: ["OpenCL", "DeltaCLKernels", "DeltaCLSystem", "CZlib"]),
    .target(
      name: "DeltaCLData", dependencies: ["CZlib", "CWebP", "ImageDecoding", "DeltaCLDigits", "DeltaCLSystem"]),
    .target(name: "DeltaCLNetworks", dependencies: ["OpenCL", "DeltaCL", "DeltaCLData", "DeltaCLSystem"]),
    .target(
      name: "DeltaCLONNX",
      dependencies: [
        "DeltaCL", "DeltaCLData", "DeltaCLNetworks", "DeltaCLSystem",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Proto/onnx.proto"]),

    // What the libraries need of the system, and share: paths, memory, the words of messages.
    .target(name: "DeltaCLSystem"),

    // The command.
    .executableTarget(
      name: "deltacl",
      dependencies: [
        "OpenCL", "DeltaCL", "DeltaCLData", "DeltaCLNetworks", "DeltaCLONNX", "DeltaCLSystem", "CrashMessage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/deltacl"),
    .target(name: "CrashMessage", path: "Tools/CrashMessage"),

    // Programs to learn from; Tools/test runs them.
    .executableTarget(name: "ConvolutionExample", dependencies: ["DeltaCL"], path: "Examples/Convolution"),
    .executableTarget(name: "CustomKernelExample", dependencies: ["DeltaCL"], path: "Examples/CustomKernel"),
    .executableTarget(name: "TensorLibraryExample", dependencies: ["DeltaCL"], path: "Examples/TensorLibrary"),
    .executableTarget(
      name: "TrainNetworkExample", dependencies: ["DeltaCL", "DeltaCLData", "DeltaCLNetworks"],
      path: "Examples/TrainNetwork"),

    // Files compiled into the binary by `#embed`, so that it works wherever it is moved.
    .target(name: "DeltaCLKernels", path: "Kernels", exclude: ["OpenCL"], publicHeadersPath: "include"),
    .target(name: "DeltaCLDigits", exclude: ["Data"], publicHeadersPath: "include"),

    // System libraries; Tools/setup installs them on Debian.
    .systemLibrary(name: "COpenCL", pkgConfig: "OpenCL", providers: [.apt(["ocl-icd-opencl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    // libpng and libjpeg leave their errors by longjmp, which Swift cannot catch.
    .target(name: "ImageDecoding", dependencies: ["CPNG", "CJPEG"]),

    // Runs before the tests and takes away what the user's environment would change.
    .target(name: "TestEnvironment", path: "Tests/TestEnvironment"),
    .testTarget(name: "OpenCLTests", dependencies: ["OpenCL", "COpenCL"]),
    .testTarget(name: "DeltaCLTests", dependencies: ["DeltaCL", "OpenCL", "COpenCL", "TestEnvironment"]),
    .testTarget(
      name: "DeltaCLDataTests", dependencies: ["DeltaCLData", "DeltaCLSystem", "CZlib", "CPNG"],
      exclude: ["Images", "TensorFiles"]),
    .testTarget(
      name: "DeltaCLNetworksTests",
      dependencies: ["OpenCL", "DeltaCL", "DeltaCLData", "DeltaCLNetworks", "TestEnvironment"],
      exclude: ["Plans", "Weights"]),
    .testTarget(
      name: "DeltaCLONNXTests",
      dependencies: [
        "DeltaCL", "DeltaCLData", "DeltaCLONNX", "TestEnvironment",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Models"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "DeltaCL", "DeltaCLData", "deltacl", "TestEnvironment", "ConvolutionExample", "CustomKernelExample",
        "TensorLibraryExample", "TrainNetworkExample",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x
)

// Building the documentation takes a plugin, which ordinary builds do not fetch.
if Context.environment["DELTACL_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
