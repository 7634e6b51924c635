import OpenCL

/// A kernel with its arguments set and its size: all that a launch needs.
struct BoundLaunch {
  let kernel: Kernel
  let globalSize: WorkSize
  let localSize: WorkSize
}
