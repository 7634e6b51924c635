import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// Trainings that are stopped, killed or started twice.
  @Suite struct InterruptionTests {
    @Test func interruptionSavesAndSaysHowToGoOn() throws {
      for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143), (SIGHUP, 129)] {
        let folder = try TemporaryFolder()
        let run = try RunningDeltacl([
          "train", "--dataset", "digits", "--epochs", "100000", "--output", folder.path("a run"),
        ])
        run.waitFor("epoch 1/100000")
        run.send(signal)
        let end = try run.wait()
        #expect(end.status == status)
        #expect(!end.output.contains("\ntest accuracy"))
        #expect(end.errors.contains("stopped after step"))
        #expect(end.errors.contains("--initial-weights '\(folder.path("a run/model.safetensors"))'"))
        #expect(folder.names(in: "a run") == Deltacl.trainingFiles)
        #expect(try Deltacl("evaluate", folder.path("a run/model.safetensors")).status == 0)

        // The command that is printed loses nothing: it makes the epochs that remain, in another folder.
        let model = try Safetensors(contentsOf: folder.path("a run/model.safetensors"))
        let step = try #require(model.metadata["step"].flatMap { Int($0) })
        #expect(end.errors.contains("--epochs \(100_000 - step / 23) "))
        #expect(end.errors.contains("--output '\(folder.path("a run-2"))'"))
        #expect(end.errors.contains("momentum and the order of the images start over"))
      }
    }

    @Test func hangupIsIgnoredUnderNohup() throws {
      let folder = try TemporaryFolder()
      let run = try RunningDeltacl(
        ["train", "--dataset", "digits", "--epochs", "2", "--output", folder.path("run")], shell: "trap '' HUP;")
      run.waitFor("images to train on")
      run.send(SIGHUP)
      #expect(try run.wait().status == 0)
    }

    @Test func printedContinuationMakesWhatRemains() throws {
      let folder = try TemporaryFolder()
      let run = try RunningDeltacl([
        "train", "--dataset", "digits", "--max-steps", "1000", "--epochs", "100000", "--batch-size", "1437", "--output",
        folder.path("it's"),
      ])
      run.waitFor("epoch 2/100000")
      run.send(SIGINT)
      let end = try run.wait()
      try #require(end.status == 130)
      let files = ["it's/metrics.jsonl", "it's/model.safetensors"]
      let before = files.map { folder.bytes($0) }
      let step = try #require(
        Int(try Safetensors(contentsOf: folder.path("it's/model.safetensors")).metadata["step"] ?? ""))
      let command = try #require(end.errors.split(separator: "deltacl train ").last)
      // The shell reads the words as they were printed, with few enough steps to wait for.
      let next = try Deltacl([], shell: "set -- train \(command.split(separator: "\n")[0]) --max-steps 2;")
      #expect(next.status == 0, "\(next.errors)")
      #expect(command.contains("--max-steps \(1000 - step) "))
      #expect(files.map { folder.bytes($0) } == before)
      #expect(folder.names(in: "it's-2") == Deltacl.trainingFiles)
    }

    @Test func killedRunsLeaveFilesOfOneEpoch() throws {
      struct Record: Decodable {
        let kind: String
        let epoch: Int
        let step: Int
      }
      let folder = try TemporaryFolder()
      for wait in [0, 20, 45, 75, 110, 160] {
        let run = try RunningDeltacl([
          "train", "--dataset", "digits", "--epochs", "100000", "--batch-size", "1437", "--output", folder.path("run"),
        ])
        run.waitFor("epoch 2/100000")
        usleep(UInt32(wait) * 1000)
        run.send(SIGKILL)
        _ = try run.wait()
        let model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
        let last = try #require(folder.text("run/metrics.jsonl").split(separator: "\n").last)
        let record = try JSONDecoder().decode(Record.self, from: Data(last.utf8))
        #expect(record.kind == "epoch")
        #expect("\(record.epoch)" == model.metadata["epoch"] && "\(record.step)" == model.metadata["step"])
        #expect(folder.text("run/curves.svg").hasSuffix("</svg>\n"))
      }
    }

    @Test func folderIsLockedAgainstASecondTraining() throws {
      let folder = try TemporaryFolder()
      let arguments = ["train", "--dataset", "digits", "--epochs", "100000", "--output", folder.path("run")]
      let first = try RunningDeltacl(arguments)
      first.waitFor("epoch 1/100000")
      let second = try Deltacl(arguments)
      second.expectFailure(saying: "\(folder.path("run")): another training, process \(first.processIdentifier), ")
      first.send(SIGKILL)
      _ = try first.wait()
      // A lock dies with its process.
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
      #expect(folder.names(in: "run").filter { !$0.hasPrefix(".deltacl-") } == Deltacl.trainingFiles)
    }

    @Test func secondInterruptionLeavesAtOnce() throws {
      let folder = try TemporaryFolder()
      // A step of the reference backend lasts long enough for two signals.
      let run = try RunningDeltacl([
        "train", "--dataset", "digits", "--batch-size", "1437", "--device", "reference", "--output", folder.path("run"),
      ])
      run.waitFor("images to train on")
      run.send(SIGINT)
      run.waitFor("once more to leave at once")
      run.send(SIGINT)
      #expect(try run.wait().status == 130)
      #expect(folder.names(in: "run").isEmpty)
    }
  }
}
