"""Measures DeltaCL and PyTorch on one processor, in turns, and prints the ratios. Started by Tools/compare.

Both sides warm up, take samples until the median is certain to 1 % or a time budget is spent, and call often enough for
a sample to fill 2 ms. Each round measures every item with the one and then at once with the other; a figure is the median
of its rounds. PyTorch runs in NCHW and in channels_last, and the faster one counts.
"""

import argparse
import datetime
import gzip
import importlib.metadata
import json
import math
import multiprocessing
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import torch
import torchvision
from torch import nn
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parent.parent
FASHION_MNIST = pathlib.Path("/usr/share/datasets/fashion-mnist")
LAYOUTS = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}
DIRECTIONS = ("forward", "delta", "gradient")
THREADS = len(os.sched_getaffinity(0))

# N, H, W, C, K, R, S, stride, padding: the named layers of `deltacl bench layers`.
LAYERS = {
    "lenet-conv1": "64,28,28,1,20,5,5,1,0",
    "lenet-conv2": "64,12,12,20,50,5,5,1,0",
    "vgg-cifar-64": "32,32,32,64,64,3,3,1,1",
    "vgg-128": "16,56,56,128,128,3,3,1,1",
    "resnet-128": "16,28,28,128,128,3,3,1,1",
    "resnet-256": "16,14,14,256,256,3,3,1,1",
    "resnet-512": "16,7,7,512,512,3,3,1,1",
    "pointwise-1024": "16,14,14,256,1024,1,1,1,0",
    "first-7x7": "8,224,224,3,64,7,7,2,3",
    "strided-256": "16,56,56,128,256,3,3,2,1",
}


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def vgg11_cifar():
    layers, channels = [], 3
    for width in (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"):
        if width == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


# By the names that DeltaCL gives them: how to make it, an image's shape, the classes, the batch of a training step.
NETWORKS = {
    "lenet": (lenet, (1, 28, 28), 10, 64),
    "vgg11-cifar": (vgg11_cifar, (3, 32, 32), 10, 64),
    "alexnet": (torchvision.models.alexnet, (3, 224, 224), 1000, 8),
    "vgg16": (torchvision.models.vgg16, (3, 224, 224), 1000, 8),
    "resnet18": (torchvision.models.resnet18, (3, 224, 224), 1000, 8),
    "resnet50": (torchvision.models.resnet50, (3, 224, 224), 1000, 8),
    "mobilenet-v2": (torchvision.models.mobilenet_v2, (3, 224, 224), 1000, 8),
}
# Steps that are measured beside those of training: network, batch.
INFERENCE = [("resnet18", 1)]
# What MLX is compared on.
MLX_NETWORKS = ("lenet", "vgg11-cifar")
# The batches over which time should grow along a straight line.
BATCHES = ("lenet", (1, 2, 4, 8, 16, 32, 64, 128, 256))


# Sampling


def is_certain(samples):
    """Whether the 95 % confidence interval of the median lies within 1 % of it."""
    count = len(samples)
    if count < 6:
        return False
    ordered = sorted(samples)
    reach = 0.98 * math.sqrt(count)
    low = max(0, math.floor(count / 2 - reach))
    high = min(count - 1, math.ceil(count / 2 + reach))
    return (ordered[high] - ordered[low]) / 2 <= 0.01 * statistics.median(ordered)


def seconds(run, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats


def median_seconds(run, budget, fill=0.002):
    start = time.perf_counter()
    run()
    last = seconds(run)
    while time.perf_counter() - start < budget / 10:
        last = seconds(run)
    repeats = max(1, math.ceil(fill / last))
    start = time.perf_counter()
    samples = []
    while True:
        samples.append(seconds(run, repeats))
        if len(samples) >= 3 and (time.perf_counter() - start >= budget or is_certain(samples)):
            return statistics.median(samples)


# PyTorch


def in_child(function, *arguments):
    """Runs a function in a process of its own, which begins with PyTorch loaded and nothing computed."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work():
        torch.set_num_threads(THREADS)
        torch.manual_seed(1)
        sender.send(function(*arguments))

    child = context.Process(target=work)
    child.start()
    sender.close()
    try:
        result = receiver.recv()
    except EOFError:
        child.join()
        sys.exit(f"compare: PyTorch's process ended with status {child.exitcode}; what it said is above")
    child.join()
    return result


def pytorch_layer(numbers, budget):
    """The median seconds by direction and layout."""
    n, h, w, c, k, r, s, stride, padding, *rest = [int(number) for number in numbers.split(",")]
    dilation, groups = rest + [1, 1][len(rest):]
    medians = {direction: {} for direction in DIRECTIONS}
    for name, layout in LAYOUTS.items():
        x = torch.randn(n, c, h, w).to(memory_format=layout)
        weight = torch.randn(k, c // groups, r, s).to(memory_format=layout)
        bias = torch.randn(k)

        def forward():
            return functional.conv2d(x, weight, bias, stride, padding, dilation, groups)

        dy = torch.randn_like(forward()).to(memory_format=layout)

        def backward(mask):
            return torch.ops.aten.convolution_backward(
                dy, x, weight, [k], [stride] * 2, [padding] * 2, [dilation] * 2, False, [0, 0], groups, mask)

        with torch.no_grad():
            medians["forward"][name] = median_seconds(forward, budget)
            medians["delta"][name] = median_seconds(lambda: backward([True, False, False]), budget)
            medians["gradient"][name] = median_seconds(lambda: backward([False, True, True]), budget)
    return medians


def status_bytes(key, process="self"):
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0


def pytorch_network(name, batch, mode, layout, budget):
    """The median seconds of a step, and the bytes by which it made the process grow and to which."""
    make, image, classes, _ = NETWORKS[name]
    # Forgets the peak of the process that this one was copied from.
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = status_bytes("VmRSS")
    network = make().to(memory_format=LAYOUTS[layout])
    images = torch.randn(batch, *image).to(memory_format=LAYOUTS[layout])
    labels = torch.arange(batch) % classes
    if mode == "train":
        network.train()
        optimizer = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)

        def run():
            optimizer.zero_grad()
            functional.cross_entropy(network(images), labels).backward()
            optimizer.step()

        median = median_seconds(run, budget, fill=0)
    else:
        network.eval()
        with torch.inference_mode():
            median = median_seconds(lambda: network(images), budget, fill=0)
    peak = status_bytes("VmHWM")
    return {"medianSeconds": median, "growthBytes": peak - before, "processBytes": peak}


def read_idx(name, header):
    with gzip.open(FASHION_MNIST / name) as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def pytorch_epoch():
    """One epoch of LeNet on Fashion-MNIST with an evaluation, the whole data set prepared in memory: the test accuracy."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)

    def split(prefix):
        pixels = read_idx(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
        labels = read_idx(f"{prefix}-labels-idx1-ubyte.gz", 8)
        images = torch.from_numpy(pixels.astype(numpy.float32)).div_(255).sub_(0.2860).div_(0.3530)
        return images, torch.from_numpy(labels.astype(numpy.int64))

    (images, labels), (test_images, test_labels) = split("train"), split("t10k")
    network = lenet()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    for rows in torch.randperm(len(images)).split(64):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images[rows]), labels[rows])
        loss.backward()
        optimizer.step()
        if not math.isfinite(loss.item()):
            sys.exit("compare: PyTorch's loss became infinite")
    network.eval()
    with torch.inference_mode():
        correct = sum(
            (network(batch).argmax(1) == expected).sum().item()
            for batch, expected in zip(test_images.split(64), test_labels.split(64)))
    with tempfile.TemporaryDirectory() as folder:
        torch.save(network.state_dict(), pathlib.Path(folder) / "model.pt")
    print(f"test accuracy {correct / len(test_images):.4f}")


# MLX


def mlx_network(name, batch, budget):
    """The median seconds of a training step, or None where MLX cannot be loaded."""
    try:
        import mlx.core as mx
        from mlx import nn as mlx_nn
        from mlx import optimizers
    except ImportError:
        return None
    mx.set_default_device(mx.cpu)

    def translated(layer):
        match layer:
            case nn.Conv2d():
                return mlx_nn.Conv2d(
                    layer.in_channels, layer.out_channels, layer.kernel_size[0], padding=layer.padding[0])
            case nn.Linear():
                return mlx_nn.Linear(layer.in_features, layer.out_features)
            case nn.MaxPool2d():
                return mlx_nn.MaxPool2d(2, 2)
            case nn.Flatten():
                return lambda x: x.reshape(x.shape[0], -1)
            case nn.ReLU():
                return mlx_nn.ReLU()

    make, (channels, rows, columns), classes, _ = NETWORKS[name]
    network = mlx_nn.Sequential(*map(translated, make()))
    images = mx.random.normal((batch, rows, columns, channels))
    labels = mx.arange(batch) % classes
    optimizer = optimizers.SGD(1e-3, 0.9)
    step = mlx_nn.value_and_grad(
        network, lambda images, labels: mlx_nn.losses.cross_entropy(network(images), labels, reduction="mean"))

    def run():
        loss, gradients = step(images, labels)
        optimizer.update(network, gradients)
        mx.eval(network.parameters(), optimizer.state, loss)

    return median_seconds(run, budget, fill=0)


# DeltaCL


class DeltaCL:
    """The built command, run as a process for each measurement."""

    def __init__(self, binary, device):
        self.binary = binary
        self.device = device
        self.process_bytes = 0

    def run(self, *arguments, environment=None):
        """Standard output, or None where the arguments were refused. Keeps the peak of the process's memory."""
        command = [self.binary, *map(str, arguments), "--device", self.device]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        self.process_bytes = 0
        while True:
            try:
                output, errors = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                self.process_bytes = max(self.process_bytes, status_bytes("VmHWM", process.pid))
        if process.returncode == 64:
            return None
        if process.returncode != 0:
            sys.exit(f"compare: {' '.join(command)} failed: {errors.strip()}")
        return output

    def layer(self, numbers, budget):
        output = self.run("bench", "layers", "--shape", numbers, "--budget", budget, "--json")
        if output is None:
            sys.exit(f"compare: deltacl refuses the shape {numbers}")
        return {item["direction"]: item for item in json.loads(output)}

    def network(self, name, batch, mode, budget, environment=None):
        """The measurement, or None where DeltaCL does not have the network."""
        output = self.run(
            "bench", "networks", "--network", name, "--batch-size", batch, "--mode", mode, "--budget", budget, "--json",
            environment=environment)
        return None if output is None else {**json.loads(output)[0], "processBytes": self.process_bytes}

    def knows(self, name):
        return self.network(name, 1, "infer", 0.001) is not None

    def cold_first_step(self, name, batch):
        with tempfile.TemporaryDirectory() as folder:
            return self.network(name, batch, "train", 0.001, {"POCL_CACHE_DIR": folder})["firstStepSeconds"]


# Tables


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def milliseconds(value):
    return f"{value * 1000:.4g}" if value < 1 else f"{value * 1000:.0f}"


def mebibytes(value):
    return f"{value / 2**20:.1f}" if value < 100 * 2**20 else f"{value / 2**20:.0f}"


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def is_winograd_layer(numbers):
    n, h, w, c, k, r, s, stride, padding, *rest = [int(number) for number in numbers.split(",")]
    return (r, s, stride) == (3, 3, 1) and c >= 64 and k >= 64 and all(number == 1 for number in rest)


def layers_section(deltacl, options):
    layers = {**({} if options.shape else LAYERS), **{numbers: numbers for numbers in options.shape}}
    ours = {name: {direction: [] for direction in DIRECTIONS} for name in layers}
    theirs = {name: {direction: {layout: [] for layout in LAYOUTS} for direction in DIRECTIONS} for name in layers}
    for number in range(1, options.rounds + 1):
        for name, numbers in layers.items():
            say(f"round {number} of {options.rounds}: {name}")
            for direction, medians in in_child(pytorch_layer, numbers, options.budget).items():
                for layout, median in medians.items():
                    theirs[name][direction][layout].append(median)
            for direction, measurement in deltacl.layer(numbers, options.budget).items():
                ours[name][direction].append(measurement)

    rows, ratios = [], {}
    for name, numbers in layers.items():
        for direction in DIRECTIONS:
            measurements = ours[name][direction]
            median = statistics.median(item["medianSeconds"] for item in measurements)
            # The work is the same on both sides: DeltaCL's rate tells how much it is.
            gigaflop = measurements[0]["gflops"] * measurements[0]["medianSeconds"]
            layout_medians = {
                layout: statistics.median(values) for layout, values in theirs[name][direction].items()}
            best = min(layout_medians, key=layout_medians.get)
            ratio = layout_medians[best] / median
            ratios[name, direction] = ratio
            rows.append([
                name, direction, milliseconds(median), f"{gigaflop / median:.0f}",
                *(milliseconds(layout_medians[layout]) for layout in LAYOUTS),
                f"{gigaflop / layout_medians[best]:.0f}", f"{ratio:.2f}",
                f"{max(item['error'] for item in measurements):.1e}"])
    summary = [["all, geometric mean", f"{geometric_mean(ratios.values()):.2f}"]]
    for direction in DIRECTIONS:
        chosen = [ratios[name, direction] for name, numbers in layers.items() if is_winograd_layer(numbers)]
        if chosen:
            summary.append([f"3x3 stride 1 with 64 channels or more, {direction}, least", f"{min(chosen):.2f}"])
    worst = min(ratios, key=ratios.get)
    summary.append([f"worst ({worst[0]} {worst[1]})", f"{ratios[worst]:.2f}"])
    shapes = "; ".join(f"{name} {numbers}" for name, numbers in layers.items() if name != numbers)
    note = f"\n\nN,H,W,C,K,R,S,stride,padding: {shapes}." if shapes else ""
    note += (
        "\n\nThe error is DeltaCL's: the greatest difference of some 1000 elements of the result from their sums in double"
        "\nprecision, relative to the result's root mean square. Winograd's algorithms do the layers of 3x3 and 5x5 with 16"
        "\nchannels or more, but for the gradient at stride 2.")
    return "## Layers\n\n" + markdown(
        ["layer", "direction", "DeltaCL ms", "GFLOP/s", "PyTorch NCHW ms", "channels_last ms", "GFLOP/s", "ratio", "error"],
        rows
    ) + "\n\n" + markdown(["ratio of", ""], summary) + note


def networks_section(deltacl, options, names):
    steps = [(name, NETWORKS[name][3], "train") for name in names]
    steps += [(name, batch, "infer") for name, batch in INFERENCE if name in names]
    missing = [name for name in names if not deltacl.knows(name)]
    for name in missing:
        say(f"{name}: DeltaCL does not have it")
    steps = [step for step in steps if step[0] not in missing]
    ours = {step: [] for step in steps}
    theirs = {step: {layout: [] for layout in LAYOUTS} for step in steps}
    for number in range(1, options.rounds + 1):
        for step in steps:
            say(f"round {number} of {options.rounds}: {' '.join(map(str, step))}")
            for layout in LAYOUTS:
                theirs[step][layout].append(in_child(pytorch_network, *step, layout, options.network_budget))
            ours[step].append(deltacl.network(*step, options.network_budget))
    cold = {step: deltacl.cold_first_step(*step[:2]) for step in steps if step[2] == "train"}

    speed, memory, start = [], [], []
    for step in steps:
        name, batch, mode = step

        def median(items, key):
            return statistics.median(item[key] for item in items)

        mine = ours[step]
        medians = {layout: median(items, "medianSeconds") for layout, items in theirs[step].items()}
        best = min(medians, key=medians.get)
        time_of_ours = median(mine, "medianSeconds")
        host = median(mine, "hostSeconds")
        speed.append([
            name, batch, mode, milliseconds(time_of_ours), *(milliseconds(medians[layout]) for layout in LAYOUTS),
            f"{medians[best] / time_of_ours:.2f}"])
        growth, process = median(theirs[step][best], "growthBytes"), median(theirs[step][best], "processBytes")
        buffers, own_process = median(mine, "peakBytes"), median(mine, "processBytes")
        memory.append([
            name, batch, mode, mebibytes(buffers), mebibytes(growth), f"{buffers / max(growth, 1):.2f}",
            mebibytes(own_process), mebibytes(process), f"{own_process / process:.2f}"])
        # The first round may have built programs that the driver did not have.
        warm = min(item["firstStepSeconds"] for item in mine)
        start.append([
            name, batch, mode, f"{cold[step]:.2f}" if step in cold else "-", f"{warm:.2f}", milliseconds(host),
            f"{100 * host / time_of_ours:.1f} %"])
    text = "## Networks\n\nOne step: for training forward in training mode, cross-entropy, backward, and SGD with momentum.\n\n"
    text += markdown(
        ["network", "batch", "mode", "DeltaCL ms", "PyTorch NCHW ms", "channels_last ms", "ratio"], speed)
    text += (
        "\n\nPeak memory in MiB: DeltaCL's device buffers beside what the step makes PyTorch's process grow by, then both "
        "processes as a whole.\n\n")
    text += markdown(
        ["network", "batch", "mode", "DeltaCL buffers", "PyTorch growth", "ratio", "DeltaCL process", "PyTorch process",
         "ratio"], memory)
    text += (
        "\n\nDeltaCL's first step in seconds, cold with an empty program cache of the driver and warm, and the host's time "
        "to enqueue a step.\n\n")
    text += markdown(["network", "batch", "mode", "first step cold", "warm", "host ms", "of the step"], start)
    if missing:
        text += f"\n\nNot measured, as DeltaCL does not have them: {', '.join(missing)}."
    return text


def batches_section(deltacl, options):
    name, batches = BATCHES
    measured = {batch: [] for batch in batches}
    for number in range(1, options.rounds + 1):
        say(f"round {number} of {options.rounds}: {name} by batch")
        for batch in batches:
            measured[batch].append(deltacl.network(name, batch, "train", options.network_budget)["medianSeconds"])
    medians = {batch: statistics.median(values) for batch, values in measured.items()}
    first, last = batches[0], batches[-1]
    slope = (medians[last] - medians[first]) / (last - first)
    fixed = medians[first] - slope * first
    rows = [
        [batch, milliseconds(median), milliseconds(median / batch), f"{median / (fixed + slope * batch):.2f}"]
        for batch, median in medians.items()]
    return (
        f"## Batches\n\nA training step of DeltaCL's {name}: {milliseconds(fixed)} ms and {milliseconds(slope)} ms for each "
        f"image, the straight line through the times of {first} and {last}.\n\n"
        + markdown(["batch", "ms", "ms an image", "relative to the line"], rows))


def mlx_section(deltacl, options):
    rows = []
    for name in MLX_NETWORKS:
        batch = NETWORKS[name][3]
        say(f"MLX: {name}")
        ours = deltacl.network(name, batch, "train", options.network_budget)
        if ours is None:
            say(f"{name}: DeltaCL does not have it")
            continue
        theirs = in_child(mlx_network, name, batch, options.network_budget)
        if theirs is None:
            say("MLX is not installed: left out")
            return None
        rows.append([
            name, batch, milliseconds(ours["medianSeconds"]), milliseconds(theirs),
            f"{theirs / ours['medianSeconds']:.2f}"])
    return (
        f"## MLX\n\nA training step by MLX {importlib.metadata.version('mlx')} on the processor, one round.\n\n"
        + markdown(["network", "batch", "DeltaCL ms", "MLX ms", "ratio"], rows))


def epoch_section(deltacl, options):
    def theirs():
        return subprocess.run(
            [sys.executable, __file__, "--pytorch-epoch"], check=True, stdout=subprocess.PIPE, text=True).stdout

    def ours():
        with tempfile.TemporaryDirectory() as folder:
            return deltacl.run(
                "train", "--network", "lenet", "--dataset", "fashion-mnist", "--epochs", 1, "--batch-size", 64,
                "--learning-rate", 0.02, "--momentum", 0.9, "--output", folder)

    def timed(run):
        start = time.perf_counter()
        output = run()
        elapsed = time.perf_counter() - start
        accuracy = next(line.split()[-1] for line in output.splitlines() if line.startswith("test accuracy"))
        return elapsed, float(accuracy)

    results = {theirs: [], ours: []}
    # Once without counting: files into the page cache, programs into the driver's.
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}: an epoch")
        for run in (theirs, ours):
            result = timed(run)
            if number > 0:
                results[run].append(result)
    medians = {run: statistics.median(elapsed for elapsed, _ in values) for run, values in results.items()}
    accuracies = {run: statistics.median(accuracy for _, accuracy in values) for run, values in results.items()}
    return (
        "## An epoch\n\nLeNet on Fashion-MNIST, batch 64, the whole process: start, reading the files, an epoch, the "
        "evaluation and saving the model.\n\n" + markdown(
            ["", "DeltaCL", "PyTorch", "ratio"],
            [["seconds", f"{medians[ours]:.2f}", f"{medians[theirs]:.2f}", f"{medians[theirs] / medians[ours]:.2f}"],
             ["test accuracy", f"{accuracies[ours]:.4f}", f"{accuracies[theirs]:.4f}", ""]]))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def heading(deltacl, options, load):
    devices = json.loads(deltacl.run("devices", "--json"))["devices"][0]
    driver = devices.get("opencl", {}).get("driverVersion", "")
    onednn = next((line.split("MKL-DNN")[-1].split("(")[0].strip() for line in torch.__config__.show().splitlines()
                   if "MKL-DNN" in line), "unknown")
    version = subprocess.run([deltacl.binary, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    commit = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True).stdout.strip()
    ceilings = json.loads(deltacl.run("bench", "ceilings", "--json"))
    words = " ".join(["Tools/compare", *sys.argv[sys.argv.index("--deltacl") + 2:]])
    return f"""# Benchmarks

Times are medians over {options.rounds} round{"s" if options.rounds > 1 else ""} in which the two sides take turns; the ratio is PyTorch's time, in its better layout,
divided by DeltaCL's. `{words}` printed this page.

- {datetime.date.today().isoformat()}, {processor()}, {THREADS} cores, both sides on {THREADS} threads, DeltaCL's pinned as its command does; load before the run {load:.2f}
- DeltaCL {version}{f" ({commit})" if commit else ""} on {devices["name"]}, driver {driver}
- PyTorch {torch.__version__} with oneDNN {onednn}, torchvision {torchvision.__version__}, Python {platform.python_version()}
- the device's ceilings as `deltacl bench ceilings` measures them: {ceilings["gflops"]:.0f} GFLOP/s, {ceilings["gigabytesPerSecond"]:.1f} GB/s copied, {ceilings["launchSeconds"] * 1e6:.0f} us a launch"""


def write(text):
    path = ROOT / "docs" / "benchmarks.md"
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    say(f"wrote {path}")


class ArgumentParser(argparse.ArgumentParser):
    """Ends with the status of deltacl for wrong usage."""

    def error(self, message):
        self.exit(64, f"compare: error: {message}; see Tools/compare --help\n")


def main():
    items = ["layers", *NETWORKS, "batches", "epoch", "mlx"]
    parser = ArgumentParser(
        prog="Tools/compare", description="Measures DeltaCL and PyTorch in turns and prints the ratios.")
    parser.add_argument("items", nargs="*", metavar="ITEM", help=f"what to measure: {', '.join(items)} (default: all)")
    parser.add_argument("--shape", action="append", default=[], metavar="NUMBERS",
                        help="a layer N,H,W,C,K,R,S,stride,padding[,dilation,groups] in place of the usual ones")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side has its turn (default: 3)")
    parser.add_argument("--budget", type=float, default=0.5, help="seconds for one measurement of a layer (default: 0.5)")
    parser.add_argument("--network-budget", type=float, default=5, help="the same for a network (default: 5)")
    parser.add_argument("--device", default="cpu", help="DeltaCL's device (default: cpu)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md as well")
    parser.add_argument("--deltacl", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for item in options.items:
        if item not in items:
            parser.error(f"there is no '{item}'; known are {', '.join(items)}")
    if options.rounds < 1:
        parser.error(f"there must be at least one round, not {options.rounds}")
    chosen = options.items or (["layers"] if options.shape else items)

    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"the machine is busy (load {load:.2f}): the figures will be of little use")
    deltacl = DeltaCL(options.deltacl, options.device)
    sections = [heading(deltacl, options, load)]
    if "layers" in chosen:
        sections.append(layers_section(deltacl, options))
    names = [name for name in NETWORKS if name in chosen]
    if names:
        sections.append(networks_section(deltacl, options, names))
    if "batches" in chosen:
        sections.append(batches_section(deltacl, options))
    if "epoch" in chosen:
        sections.append(epoch_section(deltacl, options))
    if "mlx" in chosen:
        sections.append(mlx_section(deltacl, options))
    sections = [section for section in sections if section]
    text = "\n\n".join(sections) + "\n"
    print(text, end="")
    if options.write:
        write(text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--pytorch-epoch"]:
        pytorch_epoch()
    else:
        main()
