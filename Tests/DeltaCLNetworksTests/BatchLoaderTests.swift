import DeltaCLData
import Foundation
import Testing

@testable import DeltaCLNetworks

@Suite struct BatchLoaderTests {
  /// Images of one pixel, whose value is the image's index, as is its label.
  private func split(count: Int) throws -> Split {
    let indices = (0..<count).map { UInt8($0) }
    return try Split(
      count: count, imageRows: 1, imageColumns: 1, channels: 1, pixels: indices, labels: indices, pixelMaximum: 1)
  }

  private func labels(_ batch: Batch) -> [Int32] {
    batch.labels.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
  }

  private func batches(_ loader: BatchLoader) throws -> [[Int32]] {
    var all: [[Int32]] = []
    while let batch = try loader.next() {
      let labels = labels(batch)
      #expect(batch.count == labels.count)
      #expect(batch.images.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == labels.map(Float.init))
      all.append(labels)
      loader.recycle(batch)
    }
    return all
  }

  @Test func withoutSeedTheOrderIsThatOfTheSplit() throws {
    let loader = BatchLoader(try split(count: 7), normalization: .none, batchSize: 3, epochs: 2)
    let epoch: [[Int32]] = [[0, 1, 2], [3, 4, 5], [6]]
    #expect(try batches(loader) == epoch + epoch)
  }

  @Test func seedGivesEachEpochAnOrderOfItsOwn() throws {
    func epochs(seed: UInt64) throws -> [[Int32]] {
      let loader = BatchLoader(try split(count: 100), normalization: .none, batchSize: 30, epochs: 3, seed: seed)
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
          split(count: 10), normalization: .none, batchSize: 4, epochs: 3, seed: 5, skippingEpochs: epochs,
          batches: batches))
    }
    let all = try load()
    for count in 0...9 { #expect(try load(epochs: count / 3, batches: count % 3) == Array(all.dropFirst(count))) }
    #expect(try load(epochs: 7).isEmpty)
  }

  @Test func batchesSayWhereTheyBelong() throws {
    let loader = BatchLoader(try split(count: 5), normalization: .none, batchSize: 4, epochs: 2)
    var places: [[Int]] = []
    while let batch = try loader.next() { places.append([batch.epoch, batch.index, batch.count]) }
    #expect(places == [[1, 0, 4], [1, 1, 1], [2, 0, 4], [2, 1, 1]])
  }

  @Test func loaderThatIsDroppedEndsItsThread() throws {
    let queue = BatchQueue(depth: 1)
    let batch = try Batch(count: 1, imageSize: 1)
    #expect(queue.append(batch))
    let ended = DispatchSemaphore(value: 0)
    // The queue is full, so that this waits until it is closed.
    Thread.detachNewThread {
      _ = queue.append(batch)
      ended.signal()
    }
    queue.close()
    ended.wait()
    #expect(!queue.append(batch))
  }

  @Test func failureArrivesAfterTheBatchesBeforeIt() throws {
    let queue = BatchQueue(depth: 2)
    #expect(queue.append(try Batch(count: 1, imageSize: 1)))
    queue.end(failure: DataError(.readFailed, "images", "gone"))
    #expect(try queue.next() != nil)
    #expect(throws: DataError.self) { try queue.next() }
  }

  @Test func memoryOfReturnedBatchesServesAgain() throws {
    let queue = BatchQueue(depth: 1)
    let batch = try queue.blank(count: 3, imageSize: 2)
    queue.recycle(batch)
    #expect(try queue.blank(count: 2, imageSize: 2) !== batch)
    #expect(try queue.blank(count: 3, imageSize: 2) === batch)
    #expect(try queue.blank(count: 3, imageSize: 2) !== batch)
  }
}
