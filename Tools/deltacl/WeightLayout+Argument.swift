import ArgumentParser
import DeltaCLNetworks

extension WeightLayout: ExpressibleByArgument {}
