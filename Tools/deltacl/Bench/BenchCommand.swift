import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures layers, networks, the reading of images, and what the device can do at most.",
    discussion: """
      Every measurement is repeated after a warm-up until its median is certain or its time budget is spent. GFLOP/s \
      count the multiplications and additions of the direct algorithm, so that a faster algorithm can exceed the device's \
      ceiling. GB/s count each operand once.

      Other load on the machine distorts the figures; the spread, the width of the middle half of the \
      samples, shows it.

      Examples:

        deltacl bench ceilings
        deltacl bench layers --layer resnet-128 --direction gradient
        deltacl bench layers --shape 16,56,56,128,256,3,3,2,1 --json
        deltacl bench networks --network lenet --batch-size 64 --mode train
        deltacl bench networks --network lenet --profile trace.json
        deltacl bench data --dataset ~/photos --augment crop,flip
      """,
    subcommands: [BenchLayersCommand.self, BenchNetworksCommand.self, BenchCeilingsCommand.self, BenchDataCommand.self])
}
