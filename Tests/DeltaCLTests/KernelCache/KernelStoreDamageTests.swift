import DeltaCLSystem
import Foundation
import Testing

@testable import DeltaCL

/// Whatever happens to a file of the store, what is restored is whole, and what is kept again comes back.
@Suite struct KernelStoreDamageTests {
  /// What befalls a file.
  private enum Damage: CaseIterable {
    case emptied, cutInHalf, cutByAByte, lengthened, zeroed, grownToATebibyte, deleted, forbidden
    case linkToTheWhole, linkToItself, linkToNothing, linkToADevice, pipe, folder, folderWithAFile, renamed,
      namedForOtherBytes
    case flipped0, flipped1, flipped7, flipped100, flipped4095

    func apply(to path: String, _ bytes: [UInt8]) throws {
      switch self {
      case .emptied: try replace(path, with: [])
      case .cutInHalf: try replace(path, with: Array(bytes.prefix(bytes.count / 2)))
      case .cutByAByte: try replace(path, with: Array(bytes.dropLast()))
      case .lengthened: try replace(path, with: bytes + [0])
      case .zeroed: try replace(path, with: [UInt8](repeating: 0, count: bytes.count))
      case .grownToATebibyte: #expect(truncate(path, 1 << 40) == 0)
      case .deleted: FileTree.remove(path)
      case .forbidden: #expect(chmod(path, 0) == 0)
      case .linkToTheWhole:
        try FileTree.write(bytes, toNew: "\(path).whole")
        replace(path, withLinkTo: "\(path).whole")
      case .linkToItself: replace(path, withLinkTo: path)
      case .linkToNothing: replace(path, withLinkTo: "none")
      case .linkToADevice: replace(path, withLinkTo: "/dev/zero")
      case .pipe:
        FileTree.remove(path)
        #expect(mkfifo(path, 0o600) == 0)
      case .folder, .folderWithAFile:
        FileTree.remove(path)
        try FileTree.makeFolder(path)
        if self == .folderWithAFile { try FileTree.write(bytes, toNew: "\(path)/file") }
      case .renamed: #expect(rename(path, "\(NativePath.folder(of: path))/x") == 0)
      case .namedForOtherBytes:
        let name = NativePath.name(of: path).drop { $0 != "-" }
        #expect(rename(path, "\(NativePath.folder(of: path))/00000000\(name)") == 0)
      case .flipped0: try flip(0, path, bytes)
      case .flipped1: try flip(1, path, bytes)
      case .flipped7: try flip(7, path, bytes)
      case .flipped100: try flip(100, path, bytes)
      case .flipped4095: try flip(4095, path, bytes)
      }
    }

    private func flip(_ position: Int, _ path: String, _ bytes: [UInt8]) throws {
      var bytes = bytes
      bytes[position] ^= 1 << UInt8(position % 8)
      try replace(path, with: bytes)
    }

    private func replace(_ path: String, with bytes: [UInt8]) throws {
      FileTree.remove(path)
      try FileTree.write(bytes, toNew: path)
    }

    private func replace(_ path: String, withLinkTo target: String) {
      FileTree.remove(path)
      #expect(symlink(target, path) == 0)
    }
  }

  private static let files = ["AB/CD/program.bc", "AB/CD/relu/1-1-1/relu.so", "AB/CD/relu/16-1-1/relu.so"]

  /// Damages one file, or all of them.
  private static func check(_ damaged: Set<String>, _ damage: Damage, in folder: String) throws {
    let store = KernelStore(folder: "\(folder)/store")
    let (origin, copy) = ("\(folder)/origin", "\(folder)/copy")
    func keepAll() throws {
      for file in files { try store.keep(file, below: origin, for: "program") }
    }
    func restore() -> Set<String> {
      FileTree.remove(copy)
      let restored = store.restore("program", to: copy)
      for file in restored {
        #expect(SmallFile.read("\(copy)/\(file)") == SmallFile.read("\(origin)/\(file)"), "\(file) \(damage)")
      }
      return restored
    }
    FileTree.remove(folder)
    for (index, file) in files.enumerated() {
      try FileTree.makeFolder(NativePath.folder(of: "\(origin)/\(file)"))
      let bytes = (0..<5000 * (index + 1)).map { (byte: Int) -> UInt8 in
        UInt8(truncatingIfNeeded: byte * 37 + byte / 256 + index)
      }
      try FileTree.write(bytes, toNew: "\(origin)/\(file)")
    }
    try keepAll()
    #expect(restore() == Set(files))
    for stored in FileTree.files(below: "\(store.folder)/program") {
      let name = NativePath.name(of: stored).drop { $0 != "-" }.dropFirst()
      guard damaged.contains("\(NativePath.folder(of: stored))/\(name)") else { continue }
      let path = "\(store.folder)/program/\(stored)"
      try damage.apply(to: path, try #require(SmallFile.read(path)))
    }
    // Other files are as they were.
    #expect(restore() == Set(files).subtracting(damaged), "\(damage)")
    try keepAll()
    #expect(restore() == Set(files), "\(damage)")
    #expect(FileTree.files(below: store.folder).count == files.count, "\(damage)")
  }

  @Test func noDamagedFileIsRestored() async {
    await #expect(processExitsWith: .success) {
      // The superuser may read everything; nobody may not.
      if getuid() == 0 { #expect(setuid(65534) == 0) }
      let folder = FileManager.default.temporaryDirectory.path + "/deltacl-tests-\(UUID().uuidString)"
      defer { FileTree.remove(folder) }
      for damage in Damage.allCases {
        for file in KernelStoreDamageTests.files { try KernelStoreDamageTests.check([file], damage, in: folder) }
        try KernelStoreDamageTests.check(Set(KernelStoreDamageTests.files), damage, in: folder)
      }
    }
  }
}
