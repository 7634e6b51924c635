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
        #expect(end.errors.contains("to go on: deltacl train --resume '\(folder.path("a run"))'"))
        #expect(folder.names(in: "a run") == Deltacl.trainingFiles)
        for name in ["model", "last"] {
          #expect(try Deltacl("evaluate", folder.path("a run/\(name).safetensors")).status == 0)
        }
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

    /// The metrics without the seconds, which no two runs share.
    private func metrics(_ folder: TemporaryFolder, _ run: String) -> String {
      folder.text("\(run)/metrics.jsonl").replacing(/"seconds":[^}]*/, with: "")
    }

    @Test func printedCommandGoesOnAsIfNothingHadHappened() throws {
      let folder = try TemporaryFolder()
      let arguments = [
        "train", "--dataset", "digits", "--max-steps", "60", "--batch-size", "100", "--optimizer", "adamw",
        "--schedule",
        "cosine", "--warmup-steps", "5", "--ema", "0.9", "--clip-norm", "1",
      ]
      #expect(try Deltacl(arguments + ["--output", folder.path("whole")]).status == 0)
      let run = try RunningDeltacl(arguments + ["--output", folder.path("it's")])
      run.waitFor("epoch 2/5")
      run.send(SIGINT)
      let end = try run.wait()
      try #require(end.status == 130)
      let command = try #require(end.errors.split(separator: "deltacl train ").last)
      // The shell reads the words as they were printed.
      let next = try Deltacl([], shell: "set -- train \(command.split(separator: "\n")[0]);")
      #expect(next.status == 0, "\(next.errors)")
      #expect(next.errors.contains("going on after step "))
      for name in ["model", "best", "last"] {
        let files = try ["whole", "it's"].map { try Safetensors(contentsOf: folder.path("\($0)/\(name).safetensors")) }
        let seconds = "training/history/epoch/seconds"
        #expect(files[0].names == files[1].names)
        for tensor in files[0].names where tensor != seconds {
          #expect(files[0].tensors[tensor] == files[1].tensors[tensor], "\(tensor)")
        }
        #expect(files[0].metadata == files[1].metadata)
      }
      #expect(metrics(folder, "it's") == metrics(folder, "whole"))
    }

    /// Kills at any moment leave a checkpoint that leads to the same end, once there is one.
    @Test func killedRunsGoOnToTheSameEnd() throws {
      let folder = try TemporaryFolder()
      let arguments = ["train", "--dataset", "digits", "--epochs", "6", "--batch-size", "479"]
      let whole = try Deltacl(arguments + ["--output", folder.path("whole")])
      #expect(whole.status == 0)
      for (epoch, wait) in [(2, 0), (3, 40)] {
        let name = "killed-\(epoch)"
        let run = try RunningDeltacl(arguments + ["--output", folder.path(name)])
        run.waitFor("epoch \(epoch)/6")
        usleep(UInt32(wait) * 1000)
        run.send(SIGKILL)
        _ = try run.wait()
        let next = try Deltacl("train", "--resume", folder.path(name))
        #expect(next.status == 0, "\(next.errors)")
        #expect(folder.bytes("\(name)/model.safetensors") == folder.bytes("whole/model.safetensors"))
        #expect(metrics(folder, name) == metrics(folder, "whole"))
        #expect(next.output.split(separator: "\n").last == whole.output.split(separator: "\n").last)
      }
      // A run that is complete has nothing left, and more epochs go on.
      let again = try Deltacl("train", "--resume", folder.path("whole"))
      #expect(again.status == 0 && again.output.contains("test accuracy"), "\(again.errors)")
      #expect(try Deltacl("train", "--resume", folder.path("whole"), "--epochs", "7").status == 0)
      #expect(folder.text("whole/metrics.jsonl").contains(#"{"kind":"epoch","epoch":7,"step":21,"#))
    }

    @Test func whatCannotGoOnIsSaidInOneLine() throws {
      let folder = try TemporaryFolder()
      let run = folder.path("run")
      #expect(try Deltacl.train(run, "--max-steps", "2").status == 0)
      let before = Deltacl.trainingFiles.map { folder.bytes("run/\($0)") }
      for (arguments, words) in [
        (["--batch-size", "32"], "started with --batch-size 64 and cannot go on with another"),
        (["--optimizer", "adam"], "started with --optimizer sgd"), (["--nesterov"], "started without --nesterov"),
        (["--ema", "0.5"], "started without --ema"), (["--network", "vgg16"], "started with --network lenet"),
        (["--max-steps", "1"], "more than the 1"),
      ] {
        try Deltacl(["train", "--resume", run] + arguments).expectFailure(saying: words)
      }
      try Deltacl("train", "--resume", run, "--output", "other").expectFailure(64, saying: "--output cannot be given")
      try Deltacl("train", "--resume", run, "--initial-weights", "w").expectFailure(64, saying: "--initial-weights")
      try Deltacl("train", "--resume", folder.path("none")).expectFailure(saying: "there is no training to go on with")
      #expect(Deltacl.trainingFiles.map { folder.bytes("run/\($0)") } == before)

      let last = folder.path("run/last.safetensors")
      try AtomicFile.write(Array(folder.bytes("run/last.safetensors").dropLast(5)), to: last)
      try Deltacl("train", "--resume", run).expectFailure(saying: "last.safetensors: ")
      try AtomicFile.write(folder.bytes("run/model.safetensors"), to: last)
      try Deltacl("train", "--resume", run).expectFailure(saying: "does not tell how its training was started")
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
        let model = try Safetensors(contentsOf: folder.path("run/last.safetensors"))
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
