import DeltaCLData
import Foundation
import Testing

@testable import DeltaCLNetworks

@Suite struct BatchLoaderTests {
  /// Images of one pixel, whose value is the image's index, as is its label.
  private func split(count: Int) throws -> Split {
    let indices = (0..<count).map { UInt8($0) }
    return try Split(
      count: count, imageRows: 1, imageColumns: 1, channels: 1, pixels: indices, labels: indices.map(Int32.init),
      pixelMaximum: 1)
  }

  private let preparation: ImagePreparation

  init() throws {
    preparation = try ImagePreparation(rows: 1, columns: 1, channels: 1, normalization: .none, pixelMaximum: 1)
  }

  private func labels(_ batch: Batch) -> [Int32] {
    batch.labels.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
  }

  private func values(_ batch: Batch) -> [Float] {
    batch.images.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func batches(_ loader: BatchLoader) throws -> [[Int32]] {
    var all: [[Int32]] = []
    while let batch = try loader.next() {
      let labels = labels(batch)
      #expect(batch.count == labels.count)
      #expect(values(batch) == labels.map(Float.init))
      all.append(labels)
      loader.recycle(batch)
    }
    return all
  }

  @Test func theOrderIsThatOfTheImages() throws {
    let loader = BatchLoader(try split(count: 7), preparation: preparation, batchSize: 3, epochs: 2)
    let epoch: [[Int32]] = [[0, 1, 2], [3, 4, 5], [6]]
    #expect(try batches(loader) == epoch + epoch)
    #expect(try batches(BatchLoader(split(count: 0), preparation: preparation, batchSize: 3, epochs: .max)).isEmpty)
  }

  @Test func shufflingGivesEachEpochAnOrderOfItsOwn() throws {
    func epochs(seed: UInt64) throws -> [[Int32]] {
      let loader = BatchLoader(
        try split(count: 100), preparation: preparation, batchSize: 30, epochs: 3, seed: seed, shuffles: true)
      let all = try batches(loader)
      #expect(all.map(\.count) == [30, 30, 30, 10, 30, 30, 30, 10, 30, 30, 30, 10])
      return (0..<3).map { Array(all[4 * $0..<4 * $0 + 4].joined()) }
    }
    let first = try epochs(seed: 5)
    for order in first { #expect(order.sorted() == Array(0..<100)) }
    #expect(Set(first).count == 3)
    #expect(try epochs(seed: 5) == first)
    #expect(Set(try epochs(seed: 6)).isDisjoint(with: first))
  }

  @Test func whatIsSkippedIsAsIfItHadBeenTaken() throws {
    func load(epochs: Int = 0, batches: Int = 0) throws -> [[Int32]] {
      try self.batches(
        BatchLoader(
          split(count: 10), preparation: preparation, batchSize: 4, epochs: 3, seed: 5, shuffles: true,
          skippingEpochs: epochs, batches: batches))
    }
    let all = try load()
    for count in 0...9 { #expect(try load(epochs: count / 3, batches: count % 3) == Array(all.dropFirst(count))) }
    #expect(try load(epochs: 7).isEmpty)
  }

  @Test func batchesSayWhereTheyBelong() throws {
    let loader = BatchLoader(try split(count: 5), preparation: preparation, batchSize: 4, epochs: 2)
    var places: [[Int]] = []
    while let batch = try loader.next() { places.append([batch.epoch, batch.index, batch.count]) }
    #expect(places == [[1, 0, 4], [1, 1, 1], [2, 0, 4], [2, 1, 1]])
  }

  /// Images that take longer the earlier they come, so that later ones are ready before them; those from `bad` on fail.
  private struct Slow: LabeledImages {
    var count = 40
    var bad = Int.max

    func label(at index: Int) -> Int32 { Int32(index) }

    func image(at index: Int) throws -> Image {
      usleep(UInt32(100 * (8 - index % 8)))
      if index >= bad { throw DataError(.readFailed, "image \(index)", "gone") }
      return try Image(rows: 2, columns: 2, channels: 1, pixels: (0..<4).map { UInt8(index * 4 + $0) })
    }
  }

  @Test func augmentationsFollowFromSeedEpochAndImage() throws {
    let preparation = try ImagePreparation(rows: 2, columns: 2, channels: 1, normalization: .none)
    func images(seed: UInt64, shuffles: Bool, batchSize: Int = 12, depth: Int = 3) throws -> [[Int32: [Float]]] {
      let loader = BatchLoader(
        Slow(), preparation: preparation, augmentations: [.crop, .flip], batchSize: batchSize, epochs: 2, seed: seed,
        shuffles: shuffles, depth: depth)
      var epochs = [[Int32: [Float]]](repeating: [:], count: 2)
      while let batch = try loader.next() {
        let values = values(batch)
        for (slot, label) in labels(batch).enumerated() {
          epochs[batch.epoch - 1][label] = Array(values[slot * 4..<slot * 4 + 4])
        }
        loader.recycle(batch)
      }
      return epochs
    }
    let epochs = try images(seed: 1, shuffles: false)
    #expect(epochs[0].count == 40 && epochs[0] != epochs[1])
    #expect(try images(seed: 1, shuffles: true) == epochs)
    #expect(try images(seed: 1, shuffles: false, batchSize: 40, depth: 1) == epochs)
    #expect(try images(seed: 2, shuffles: false) != epochs)
  }

  @Test func failureArrivesAfterTheBatchesBeforeIt() throws {
    let preparation = try ImagePreparation(rows: 2, columns: 2, channels: 1, normalization: .none)
    let loader = BatchLoader(Slow(bad: 19), preparation: preparation, batchSize: 10)
    #expect(try loader.next().map(labels) == Array(0..<10))
    for _ in 0..<2 {
      let error = #expect(throws: DataError.self) { try loader.next() }
      #expect(error?.code == .readFailed)
    }
  }

  private func queue(_ count: Int = 6, batchSize: Int = 3, depth: Int = 1) -> BatchQueue {
    BatchQueue(
      BatchSchedule(count: count, batchSize: batchSize, epochs: 1, seed: nil), imageSize: 2, depth: depth)
  }

  @Test func loaderThatIsDroppedEndsItsThreads() throws {
    let queue = queue()
    let part = try #require(queue.claim())
    queue.finish(part)
    let ended = DispatchSemaphore(value: 0)
    // The queue is full, so that this waits until it is closed.
    Thread.detachNewThread {
      #expect(queue.claim() == nil)
      ended.signal()
    }
    queue.close()
    ended.wait()
    #expect(queue.claim() == nil)
  }

  @Test func batchesAreReadyWhenAllTheirPartsAre() throws {
    let size = BatchQueue.partSize
    let queue = queue(2 * size + 1, batchSize: size + 1, depth: 2)
    let parts = (0..<3).compactMap { _ in queue.claim() }
    #expect(parts.map(\.slots) == [0..<size, size..<size + 1, 0..<size])
    #expect(parts[0].batch === parts[1].batch && parts[1].batch !== parts[2].batch)
    queue.finish(parts[2])
    queue.finish(parts[1])
    queue.finish(parts[0])
    #expect(try queue.next() === parts[0].batch)
    #expect(try queue.next() === parts[2].batch)
    #expect(queue.claim() == nil)
    #expect(try queue.next() == nil)
  }

  @Test func memoryOfReturnedBatchesServesAgain() throws {
    let queue = queue(8)
    func next() throws -> Batch? {
      if let part = queue.claim() { queue.finish(part) }
      return try queue.next()
    }
    let first = try #require(try next())
    queue.recycle(first)
    #expect(try next() === first)
    queue.recycle(first)
    // The last one is short.
    let last = try #require(try next())
    #expect(last !== first && last.count == 2)
  }
}
