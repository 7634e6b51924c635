/// What is wrong with what a kernel has computed.
struct SelfTestFlaw: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
