// Made by Tools/make-pytorch-cases.py with PyTorch 2.15.0. Do not edit.
// swift-format-ignore-file
import DeltaCLNetworks

/// What PyTorch's optimisers and schedulers give for the gradients and losses of `OptimizerTests` and `LearningRateScheduleTests`.
enum PyTorchUpdates {
  struct Case: Sendable {
    let optimizer: any Optimizer
    let clipping: GradientClipping
    let averageDecay: Float?
    let weights: [Float]

    init(
      _ optimizer: any Optimizer, clipping: GradientClipping = GradientClipping(), averageDecay: Float? = nil, weights: [Float]
    ) {
      (self.optimizer, self.clipping, self.averageDecay, self.weights) = (optimizer, clipping, averageDecay, weights)
    }
  }

  static let all: [Case] = [
    Case(SGD(), weights: [-1.0225, 1.045, 0.8175, 1.045, 1.2725, -0.285]),
    Case(SGD(momentum: 0.9, weightDecay: 0.01, nesterov: true), weights: [-1.09981168, 1.20872176, 1.18308173, 1.20872176, 1.27099766, -0.454715094]),
    Case(Adam(), weights: [-1.03148877, 1.10847053, 0.89398351, 1.10847053, 1.31781676, -0.342102405]),
    Case(Adam(beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1), weights: [-0.927503433, 0.998193532, 0.79408402, 0.998193532, 1.19558469, -0.306450413]),
    Case(AdamW(), weights: [-1.0238469, 1.10029681, 0.887472841, 1.10029681, 1.30801802, -0.339637098]),
    Case(AdamW(weightDecay: 0.5), weights: [-0.710168754, 0.764756661, 0.619755603, 0.764756661, 0.906206298, -0.238223862]),
    Case(RMSprop(), weights: [-1.35296842, 1.2282729, 1.08921286, 1.2282729, 1.32896318, -0.756772979]),
    Case(RMSprop(smoothing: 0.9, momentum: 0.5, weightDecay: 0.1), weights: [-1.02187757, 0.878279168, 0.738356696, 0.878279168, 0.99248851, -0.548429946]),
    Case(Lion(), weights: [-0.95, 1.13, 1.02, 1.13, 1.36, -0.24]),
    Case(Lion(beta1: 0.8, beta2: 0.95, weightDecay: 0.5), weights: [-0.644483792, 0.911408789, 0.766295757, 0.911408789, 1.04633896, -0.160541041]),
    Case(SGD(momentum: 0.9), clipping: GradientClipping(norm: 1), weights: [-1.42647857, 1.23333501, 1.28166824, 1.23333501, 1.19198798, -0.401058549]),
    Case(AdamW(), clipping: GradientClipping(value: 0.5), weights: [-1.02658896, 1.10528416, 0.888927698, 1.10528416, 1.31594244, -0.345592801]),
    Case(SGD(momentum: 0.9), averageDecay: 0.9, weights: [-1.15847505, 1.23118752, 1.20173142, 1.23118752, 1.30786201, -0.43649084]),
  ]

  static let schedules: [(LearningRateSchedule.Form, [Double])] = [
    (.step(epochs: 3, factor: 0.1), [1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.001, 0.001]),
    (.exponential(factor: 0.9), [1, 1, 0.9, 0.9, 0.81, 0.81, 0.729, 0.729, 0.6561, 0.6561, 0.59049, 0.59049, 0.531441, 0.531441, 0.4782969, 0.4782969, 0.43046721, 0.43046721, 0.387420489, 0.387420489]),
    (.cosine, [1, 0.993844170298, 0.975528258148, 0.945503262094, 0.904508497187, 0.853553390593, 0.793892626146, 0.72699524987, 0.654508497187, 0.57821723252, 0.5, 0.42178276748, 0.345491502813, 0.27300475013, 0.206107373854, 0.146446609407, 0.0954915028125, 0.0544967379058, 0.0244717418524, 0.00615582970243]),
    (.oneCycle, [0.04, 0.1316718427, 0.3716718427, 0.6683281573, 0.9083281573, 1, 0.987464006235, 0.950484632013, 0.890916177571, 0.81174565395, 0.716943001791, 0.611262021936, 0.500002, 0.388741978064, 0.283060998209, 0.18825834605, 0.109087822429, 0.0495193679865, 0.0125399937649, 4e-06]),
    (.plateau(patience: 1, factor: 0.5), [1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]),
  ]
}
