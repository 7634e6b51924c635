#!/usr/bin/env python3
"""Writes Tests/DeltaCLTests/Reference/PyTorchCases.swift and Tests/DeltaCLNetworksTests/PyTorchUpdates.swift: results of PyTorch (pip
install torch) for the tests of the reference backend and of the optimisers.

Inputs are integers that the tests make by the same rule, so that only results are stored.
"""
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
lines = []


def values(shape, seed):
    """Integers from -5 to 5: element i is (7 i + i^2 mod 13 + seed) mod 11 - 5."""
    count = int(torch.tensor(shape).prod())
    i = torch.arange(count)
    return ((7 * i + i * i % 13 + seed) % 11 - 5).to(torch.float64).reshape(shape)


def text(tensor):
    return " ".join(f"{v:.9g}" for v in tensor.detach().flatten().tolist())


def nchw(t):
    return t.permute(0, 3, 1, 2)


def nhwc(t):
    return t.permute(0, 2, 3, 1).contiguous()


def pad(x, p, value=0.0):
    top, left, bottom, right = p
    return F.pad(x, (left, right, top, bottom), value=value)


def results(**tensors):
    return "[" + ", ".join(f'"{name}": "{text(t)}"' for name, t in tensors.items()) + "]"


def pair(v):
    return f"Extent({v[0]}, {v[1]})"


def padding(p):
    return f"Padding(top: {p[0]}, left: {p[1]}, bottom: {p[2]}, right: {p[3]})"


def convolution(n, h, w, c, k, r, s, stride=(1, 1), p=(0, 0, 0, 0), dilation=(1, 1), groups=1):
    x = values((n, h, w, c), 1).requires_grad_()
    kernel = values((k, r, s, c // groups), 2).requires_grad_()
    bias = values((k,), 3).requires_grad_()
    y = nhwc(F.conv2d(pad(nchw(x), p), nchw(kernel), bias, stride, 0, dilation, groups))
    y.backward(values(tuple(y.shape), 4))
    return (
        f"(ConvolutionCase(batch: {n}, input: {pair((h, w))}, channels: {c}, outputs: {k}, kernel: {pair((r, s))}, "
        f"stride: {pair(stride)}, padding: {padding(p)}, dilation: {pair(dilation)}, groups: {groups}), "
        + results(y=y, dx=x.grad, dw=kernel.grad, db=bias.grad) + ")"
    )


def pool_case(n, h, w, c, r, s, stride, p, dilation, ceil):
    return (
        f"PoolingCase(batch: {n}, input: {pair((h, w))}, channels: {c}, window: {pair((r, s))}, stride: {pair(stride)}, "
        f"padding: {padding((p[0], p[1], p[0], p[1]))}, dilation: {pair(dilation)}, ceilMode: {str(ceil).lower()})"
    )


def max_pooling(n, h, w, c, r, s, stride, p=(0, 0), dilation=(1, 1), ceil=False):
    # PyTorch's choice among equal values is not documented: no two of these are equal.
    count = n * h * w * c
    x = ((torch.arange(count) * 37 % 1009).to(torch.float64) / 8).reshape(n, h, w, c).requires_grad_()
    y, argmax = F.max_pool2d(nchw(x), (r, s), stride, p, dilation, ceil, return_indices=True)
    y = nhwc(y)
    y.backward(values(tuple(y.shape), 4))
    return f"({pool_case(n, h, w, c, r, s, stride, p, dilation, ceil)}, " + results(
        y=y, argmax=nhwc(argmax), dx=x.grad) + ")"


def average_pooling(n, h, w, c, r, s, stride, p=(0, 0), ceil=False, counts=True):
    x = values((n, h, w, c), 1).requires_grad_()
    y = nhwc(F.avg_pool2d(nchw(x), (r, s), stride, p, ceil, counts))
    y.backward(values(tuple(y.shape), 4))
    return f"({pool_case(n, h, w, c, r, s, stride, p, (1, 1), ceil)}, {str(counts).lower()}, " + results(y=y, dx=x.grad) + ")"


def activation(name, function):
    x = (values((12,), 1) / 2).requires_grad_()
    y = function(x)
    y.backward(values((12,), 4))
    return f"({name}, " + results(y=y, dx=x.grad) + ")"


def losses():
    logits = values((3, 4), 1).requires_grad_()
    loss = F.cross_entropy(logits, torch.tensor([0, 3, 1]))
    loss.backward()
    smoothed = values((3, 4), 1).requires_grad_()
    smoothedLoss = F.cross_entropy(smoothed, torch.tensor([0, 3, 1]), label_smoothing=0.25)
    smoothedLoss.backward()
    y = values((7,), 1).requires_grad_()
    squared = F.mse_loss(y, values((7,), 2))
    squared.backward()
    x = values((3, 4), 1).requires_grad_()
    soft = F.softmax(x, 1)
    soft.backward(values((3, 4), 4))
    return results(
        loss=loss, dlogits=logits.grad, smoothedLoss=smoothedLoss, smoothedDlogits=smoothed.grad, squared=squared, dy=y.grad, softmax=soft, dx=x.grad)


def sgd(momentum, decay, nesterov):
    w = values((6,), 1).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.125, momentum=momentum, weight_decay=decay, nesterov=nesterov)
    for step in range(3):
        w.grad = values((6,), 4 + step)
        optimizer.step()
    return f"({momentum}, {decay}, {str(nesterov).lower()}, " + results(parameters=w) + ")"


def table(name, kind, rows):
    lines.append(f"  static let {name}: {kind} = [")
    lines.extend(f"    {row}," for row in rows)
    lines.append("  ]")
    lines.append("")


table("convolutions", "[(ConvolutionCase, [String: String])]", [
    convolution(1, 4, 5, 2, 3, 3, 3),
    convolution(2, 5, 4, 3, 2, 3, 2, stride=(2, 1), p=(1, 1, 1, 1)),
    convolution(1, 5, 6, 4, 6, 2, 3, p=(1, 0, 2, 1), groups=2),
    convolution(1, 6, 6, 3, 3, 2, 2, dilation=(2, 3), groups=3),
    convolution(1, 7, 5, 1, 2, 3, 3, stride=(3, 2), p=(0, 2, 3, 0), dilation=(2, 1)),
    convolution(2, 1, 7, 2, 2, 1, 3, stride=(1, 3)),
])
table("maxPoolings", "[(PoolingCase, [String: String])]", [
    max_pooling(1, 4, 6, 2, 2, 2, (2, 2)),
    max_pooling(2, 5, 5, 1, 3, 3, (2, 2), p=(1, 1)),
    max_pooling(1, 6, 7, 2, 3, 2, (1, 2), p=(1, 0), dilation=(2, 1)),
    max_pooling(1, 5, 6, 1, 2, 3, (3, 2), p=(0, 1), ceil=True),
    max_pooling(1, 4, 4, 1, 2, 2, (3, 3), p=(1, 1), ceil=True),
])
table("averagePoolings", "[(PoolingCase, Bool, [String: String])]", [
    average_pooling(1, 4, 6, 2, 2, 2, (2, 2)),
    average_pooling(1, 5, 5, 1, 3, 3, (2, 2), p=(1, 1)),
    average_pooling(1, 5, 5, 1, 3, 3, (2, 2), p=(1, 1), counts=False),
    average_pooling(1, 5, 7, 1, 3, 2, (3, 2), p=(1, 1), ceil=True),
    average_pooling(1, 5, 7, 1, 3, 2, (3, 2), p=(1, 1), ceil=True, counts=False),
    average_pooling(2, 6, 4, 1, 2, 3, (1, 2), p=(1, 1), ceil=True),
])
table("activations", "[(Activation, [String: String])]", [
    activation(".relu", F.relu),
    activation(".leakyReLU(slope: 0.25)", lambda x: F.leaky_relu(x, 0.25)),
    activation(".sigmoid", torch.sigmoid),
    activation(".tanh", torch.tanh),
])
table("updates", "[(Float, Float, Bool, [String: String])]", [
    sgd(0, 0, False), sgd(0.5, 0, False), sgd(0.5, 0.25, False), sgd(0.5, 0.25, True)])
lines.append(f"  static let losses = {losses()}")

path = pathlib.Path(__file__).resolve().parent.parent / "Tests/DeltaCLTests/Reference/PyTorchCases.swift"
path.write_text(
    f"// Made by Tools/make-pytorch-cases.py with PyTorch {torch.__version__.split('+')[0]}. Do not edit.\n"
    "// swift-format-ignore-file\n"
    "import DeltaCL\n\n"
    "/// What PyTorch gives for integers that `PyTorchTests.values` makes.\n"
    "enum PyTorchCases {\n" + "\n".join(lines) + "\n}\n")


class Lion(torch.optim.Optimizer):
    """PyTorch has none: algorithm 2 of Xiangning Chen and others, "Symbolic discovery of optimization algorithms", 2023."""

    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for w in group["params"]:
                state = self.state[w]
                m = state.setdefault("m", torch.zeros_like(w))
                update = torch.sign(beta1 * m + (1 - beta1) * w.grad)
                w -= rate * (update + group["weight_decay"] * w)
                state["m"] = beta2 * m + (1 - beta2) * w.grad


def updates(swift, make, clip=None, decay=None, arguments=""):
    """50 updates by gradients of quarters of integers, the first 25 at a rate of 0.02 and the rest at 0.01."""
    module = torch.nn.Linear(3, 2, bias=False)
    weight = module.weight
    with torch.no_grad():
        weight.copy_(values((6,), 1).reshape(2, 3) / 4)
    optimizer = make([weight])
    average = None
    if decay is not None:
        average = torch.optim.swa_utils.AveragedModel(
            module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    for step in range(50):
        for group in optimizer.param_groups:
            group["lr"] = 0.02 if step < 25 else 0.01
        weight.grad = values((6,), 4 + step).reshape(2, 3) / 4
        if clip:
            clip(weight)
        optimizer.step()
        if average:
            average.update_parameters(module)
    result = average.module.weight if average else weight
    numbers = ", ".join(f"{v:.9g}" for v in result.detach().flatten().tolist())
    return f"    Case({swift}, {arguments}weights: [{numbers}]),"


def schedule(swift, make, plateau=False):
    """The factors of 20 steps, 2 an epoch, each of which is evaluated."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    by_steps = isinstance(scheduler, (torch.optim.lr_scheduler.CosineAnnealingLR, torch.optim.lr_scheduler.OneCycleLR))
    losses = [1, 0.9, 0.9, 0.89995, 0.91, 0.5, 0.6, 0.6, 0.6, 0.6]
    factors = []
    for step in range(20):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if by_steps:
            if step < 19:
                scheduler.step()
        elif step % 2:
            scheduler.step(*([losses[step // 2]] if plateau else []))
    return f"    ({swift}, [{', '.join(f'{v:.12g}' for v in factors)}]),"


optim, rates = torch.optim, torch.optim.lr_scheduler
cases = [
    updates("SGD()", lambda w: optim.SGD(w)),
    updates("SGD(momentum: 0.9, weightDecay: 0.01, nesterov: true)",
            lambda w: optim.SGD(w, momentum=0.9, weight_decay=0.01, nesterov=True)),
    updates("Adam()", lambda w: optim.Adam(w)),
    updates("Adam(beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1)",
            lambda w: optim.Adam(w, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1)),
    updates("AdamW()", lambda w: optim.AdamW(w)),
    updates("AdamW(weightDecay: 0.5)", lambda w: optim.AdamW(w, weight_decay=0.5)),
    updates("RMSprop()", lambda w: optim.RMSprop(w)),
    updates("RMSprop(smoothing: 0.9, momentum: 0.5, weightDecay: 0.1)",
            lambda w: optim.RMSprop(w, alpha=0.9, momentum=0.5, weight_decay=0.1)),
    updates("Lion()", lambda w: Lion(w, 0.02)),
    updates("Lion(beta1: 0.8, beta2: 0.95, weightDecay: 0.5)", lambda w: Lion(w, 0.02, (0.8, 0.95), 0.5)),
    updates("SGD(momentum: 0.9)", lambda w: optim.SGD(w, momentum=0.9), arguments="clipping: GradientClipping(norm: 1), ",
            clip=lambda w: torch.nn.utils.clip_grad_norm_([w], 1)),
    updates("AdamW()", lambda w: optim.AdamW(w), arguments="clipping: GradientClipping(value: 0.5), ",
            clip=lambda w: torch.nn.utils.clip_grad_value_([w], 0.5)),
    updates("SGD(momentum: 0.9)", lambda w: optim.SGD(w, momentum=0.9), arguments="averageDecay: 0.9, ", decay=0.9),
]
schedules = [
    schedule(".step(epochs: 3, factor: 0.1)", lambda o: rates.StepLR(o, 3, 0.1)),
    schedule(".exponential(factor: 0.9)", lambda o: rates.ExponentialLR(o, 0.9)),
    schedule(".cosine", lambda o: rates.CosineAnnealingLR(o, 20)),
    schedule(".oneCycle", lambda o: rates.OneCycleLR(o, 1.0, total_steps=20, cycle_momentum=False)),
    schedule(".plateau(patience: 1, factor: 0.5)", lambda o: rates.ReduceLROnPlateau(o, factor=0.5, patience=1), plateau=True),
]
path = path.parent.parent.parent / "DeltaCLNetworksTests/PyTorchUpdates.swift"
path.write_text(
    f"// Made by Tools/make-pytorch-cases.py with PyTorch {torch.__version__.split('+')[0]}. Do not edit.\n"
    "// swift-format-ignore-file\n"
    "import DeltaCLNetworks\n\n"
    "/// What PyTorch's optimisers and schedulers give for the gradients and losses of `OptimizerTests` and `LearningRateScheduleTests`.\n"
    "enum PyTorchUpdates {\n"
    "  struct Case: Sendable {\n"
    "    let optimizer: any Optimizer\n"
    "    let clipping: GradientClipping\n"
    "    let averageDecay: Float?\n"
    "    let weights: [Float]\n\n"
    "    init(\n"
    "      _ optimizer: any Optimizer, clipping: GradientClipping = GradientClipping(), averageDecay: Float? = nil, weights: [Float]\n"
    "    ) {\n"
    "      (self.optimizer, self.clipping, self.averageDecay, self.weights) = (optimizer, clipping, averageDecay, weights)\n"
    "    }\n"
    "  }\n\n"
    "  static let all: [Case] = [\n" + "\n".join(cases) + "\n  ]\n\n"
    "  static let schedules: [(LearningRateSchedule.Form, [Double])] = [\n" + "\n".join(schedules) + "\n  ]\n}\n")
