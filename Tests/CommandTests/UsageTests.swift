import Testing

extension CommandTests {
  @Suite struct UsageTests {
    @Test(arguments: [
      [], ["devices"], ["datasets"], ["networks"], ["summary"], ["train"], ["evaluate"], ["predict"], ["run"],
      ["convert"],
      ["op"], ["tune"], ["selftest"], ["gradients"],
    ])
    func helpTeaches(_ command: [String]) throws {
      let run = try Deltacl(command + ["--help"])
      #expect(run.status == 0)
      #expect(run.errors.isEmpty)
      for words in ["OVERVIEW", "USAGE: deltacl", "\n  deltacl "] { #expect(run.output.contains(words)) }
    }

    @Test func versionIsAnswered() throws {
      let run = try Deltacl("--version")
      #expect(run.status == 0)
      #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: [
      (["frobnicate"], "frobnicate"),
      (["train", "--frobnicate"], "--frobnicate"),
      (["train", "--batch-size", "0"], "batch size must be at least 1, not 0"),
      (["train", "--batch-size", "many"], "many"),
      (["train", "--epochs", "0"], "epochs must be at least 1, not 0"),
      (["train", "--max-steps", "-1"], "steps must be at least 1, not -1"),
      (["train", "--learning-rate", "-1"], "learning rate must be a finite number above 0, not -1"),
      (["train", "--epochs", "--batch-size"], "--batch-size"),
      (["tune", "--network", "lenet", "--budget", "-5"], "budget must be a positive number of seconds, not -5"),
      (["bench", "networks", "--batch-size", "-2"], "batch size must be at least 1, not -2"),
      (["gradients", "--network", "lenet", "--input", "a", "--output", "b", "--classes", "-1"], "at least 1"),
      (["train", "--output", ""], "the value of --output is empty"),
      (["predict", "", "x.png"], "argument 2 is empty"),
      (["train", "--max-steps=-1"], "steps must be at least 1, not -1"),
      (["train", "--learning-rate", "nan"], "learning rate must be a finite number above 0, not nan"),
      (["train", "--learning-rate", "inf"], "learning rate must be"),
      (["train", "--learning-rate", "0"], "learning rate must be"),
      (["train", "--learning-rate=-0.1"], "learning rate must be"),
      (["train", "--momentum", "1"], "momentum must be from 0 to below 1, not 1"),
      (["train", "--weight-decay", "nan"], "weight decay must be"),
      (["train", "--nesterov", "--momentum", "0"], "needs a momentum above 0"),
      (["train", "--optimizer", "adagrad"], "adamw"),
      (["train", "--optimizer", "adam", "--momentum", "0.5"], "adam takes no --momentum"),
      (["train", "--optimizer", "lion", "--nesterov"], "lion takes no --nesterov"),
      (["train", "--schedule", "linear"], "one-cycle"),
      (["train", "--schedule-epochs", "2"], "the schedule constant takes no --schedule-epochs"),
      (
        ["train", "--schedule", "cosine", "--schedule-factor", "0.5"], "the schedule cosine takes no --schedule-factor"
      ),
      (["train", "--seed=-1"], "seed"),
      (["train", "--recipe", "recipe.json", "--resume", "run"], "--recipe cannot be given with --resume"),
      (["train", "--network", "nonet"], "no network named 'nonet'; known networks: lenet"),
      (["train", "--augment", "flip,blur"], "no augmentation 'blur'; there are crop, rotate, colour, flip, erase"),
      (["train", "--validation-split", "1"], "must be above 0 and below 1, not 1"),
      (["train", "--bad-images", "eat"], "eat"),
      (["train", "--image-size", "0x3"], "rows and columns from 1 to 65536"),
      (["evaluate", "model", "--validation-split", "1.5"], "must be above 0 and at most 1, not 1.5"),
      (["bench", "data", "--dataset", "digits", "--batch-size", "0"], "batch size must be at least 1, not 0"),
      (["evaluate"], "<model>"),
      (["predict", "model.safetensors"], "<image>"),
      (["predict", "model.safetensors", "image.png", "--top", "0"], "--top must be at least 1"),
      (["op"], "<name>"),
      (["op", "convolve", "--input", "a", "--output", "b"], "convolution-gradient, transposed-convolution"),
      (["op", "relu", "--output", "b"], "--input"),
      (["op", "relu", "--input", "a"], "--output"),
      (["op", "relu", "--list"], "--list takes no operation"),
      (["op", "--json"], "--json needs --list"),
    ])
    func wrongUsageIsSaidInOneLine(_ arguments: [String], _ words: String) throws {
      let run = try Deltacl(arguments)
      run.expectFailure(64, saying: words)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("--help"))
    }

    @Test(arguments: [
      ("convolution", "stride=0", "stride must be a number of at least 1"),
      ("convolution", "stride=2x", "stride must be"),
      ("convolution", "stride=1x2x3", "stride must be"),
      ("convolution", "stride=99999999999999999999", "stride must be"),
      ("convolution", "padding=-1", "padding must be"),
      ("convolution", "padding=1,2,3", "four as top,left,bottom,right"),
      ("convolution", "groups=0", "groups must be"),
      (
        "convolution", "window=2", "no attribute 'window'; it has: activation, dilation, groups, padding, slope, stride"
      ),
      ("convolution", "stride", "must have the form key=value"),
      ("convolution-delta", "stride=1", "needs --attribute input-size=HxW"),
      ("convolution-gradient", "stride=1", "needs --attribute kernel-size=RxS"),
      ("max-pooling", "stride=1", "needs --attribute window=HxW"),
      ("max-pooling", "ceil-mode=yes", "ceil-mode must be true or false"),
      ("average-pooling", "dilation=2", "no attribute 'dilation'"),
      ("leaky-relu", "slope=nan", "slope must be a number of at least 0"),
      ("reduce-sum", "axes=1,", "axes must be integers such as 1,2,-1, not '1,'"),
      ("gelu", "approximate=erf", "approximate must be one of none, tanh"),
      ("celu", "alpha=0", "alpha must be a number other than 0"),
      ("relu", "slope=1", "relu has no attribute 'slope'; it has: none"),
    ])
    func wrongAttributesAreWrongUsage(_ name: String, _ attribute: String, _ words: String) throws {
      try Deltacl("op", name, "--input", "a", "--output", "b", "--attribute", attribute).expectFailure(
        64, saying: words)
    }

    @Test func attributesAreGivenOnce() throws {
      let run = try Deltacl(
        "op", "convolution", "--input", "a", "--output", "b", "--attribute", "stride=1", "--attribute", "stride=2")
      run.expectFailure(64, saying: "'stride' is given twice")
    }

    @Test(arguments: [["devices"], ["--help"], ["--version"], ["train", "--help"]])
    func fullStandardOutputIsAFailure(arguments: [String]) throws {
      try Deltacl(arguments, shell: "exec > /dev/full;").expectFailure(saying: "cannot write to standard output")
    }
  }
}
