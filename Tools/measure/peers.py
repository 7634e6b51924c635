"""Measures with PyTorch and JAX what `deltacl bench` has measured, and prints a list of JSON. Started by measure-gpu.

Everything is float32 without TF32. PyTorch is measured in NCHW and in channels_last, JAX in NHWC; what a library prepares, such as its own
choice of algorithms, is done before. Its time ends when the device has finished.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
import typing


class Output:
    """A list of JSON that is written object by object, so that no object is lost when a later one fails."""

    def __init__(self) -> None:
        self.count = 0

    def append(self, **members: object) -> None:
        print("[" if self.count == 0 else ",", flush=False)
        print(json.dumps(members, indent=2), end="", flush=True)
        self.count += 1

    def end(self) -> None:
        print("\n]" if self.count else "[\n]", flush=True)


def medianSeconds(run: typing.Callable[[], object], wait: typing.Callable[[object], None], budget: float) -> float:
    """The median of samples of at least 2 ms, a wait at the end of each."""
    start = time.perf_counter()
    wait(run())
    wait(run())
    begun = time.perf_counter()
    wait(run())
    repeats = max(1, math.ceil(0.002 / max(time.perf_counter() - begun, 1e-6)))
    samples: list[float] = []
    while len(samples) < 3 or time.perf_counter() - start < budget and len(samples) < 200:
        begun = time.perf_counter()
        for _ in range(repeats - 1):
            run()
        wait(run())
        samples.append((time.perf_counter() - begun) / repeats)
    return statistics.median(samples)


def numbers(shape: str) -> tuple[list[int], list[list[int]], int]:
    """Batch to kernel size, then stride, padding and dilation as pairs, and groups."""
    fields = shape.split(",")
    pairs = [[int(part) for part in field.split("x")] * (1 if "x" in field else 2) for field in fields[7:10]]
    if len(pairs) < 3:
        pairs.append([1, 1])
    return [int(field) for field in fields[:7]], pairs, int(fields[10]) if len(fields) > 10 else 1


class PyTorch:
    name = "torch"

    def __init__(self, kind: str) -> None:
        import torch

        self.torch = torch
        accelerator = (
            "cuda" if torch.cuda.is_available()
            else "xpu" if hasattr(torch, "xpu") and torch.xpu.is_available() else None)
        if kind != "cpu" and accelerator is None:
            raise RuntimeError("PyTorch sees no GPU")
        self.device = torch.device("cpu" if kind == "cpu" else accelerator)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        self.layouts = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}
        self.version = torch.__version__

    def wait(self, _: object) -> None:
        if self.device.type == "cuda":
            self.torch.cuda.synchronize()
        elif self.device.type == "xpu":
            self.torch.xpu.synchronize()

    def layer(self, shape: str, direction: str) -> typing.Iterator[tuple[str, typing.Callable[[], object]]]:
        torch = self.torch
        (n, h, w, c, k, r, s), (stride, padding, dilation), groups = numbers(shape)
        for layout, memory in self.layouts.items():
            x = torch.randn(n, c, h, w, device=self.device).to(memory_format=memory)
            weight = torch.randn(k, c // groups, r, s, device=self.device).to(memory_format=memory)
            bias = torch.randn(k, device=self.device)

            def forward():
                return torch.nn.functional.conv2d(x, weight, bias, stride, padding, dilation, groups)

            def backward(mask: list[bool]):
                return torch.ops.aten.convolution_backward(
                    dy, x, weight, [k], stride, padding, dilation, False, [0, 0], groups, mask)

            with torch.no_grad():
                dy = torch.randn_like(forward())
                yield layout, {
                    "forward": forward, "delta": lambda: backward([True, False, False]),
                    "gradient": lambda: backward([False, True, True])}[direction]

    def network(
        self, name: str, batch: int, mode: str
    ) -> typing.Iterator[tuple[str, typing.Callable[[], object]]]:
        torch = self.torch
        for layout, memory in self.layouts.items():
            network, image, classes = self._network(name)
            network = network.to(self.device).to(memory_format=memory)
            images = torch.randn(batch, *image, device=self.device).to(memory_format=memory)
            labels = torch.arange(batch, device=self.device) % classes
            if mode == "train":
                network.train()
                optimizer = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)

                def run():
                    optimizer.zero_grad()
                    torch.nn.functional.cross_entropy(network(images), labels).backward()
                    optimizer.step()

                yield layout, run
            else:
                network.eval()
                with torch.inference_mode():
                    yield layout, lambda: network(images)

    def _network(self, name: str):
        """The network, the shape of an image and the classes."""
        nn = self.torch.nn
        if name == "lenet":
            layers = [
                nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
                nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)]
            return nn.Sequential(*layers), (1, 28, 28), 10
        if name == "vgg11-cifar":
            layers, channels = [], 3
            for width in (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0):
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
                channels = width or channels
            return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10)), (3, 32, 32), 10
        from torchvision import models

        return getattr(models, name.replace("-", "_"))(), (3, 224, 224), 1000


class JAX:
    name = "jax"

    def __init__(self, kind: str) -> None:
        import jax

        self.jax = jax
        jax.config.update("jax_default_matmul_precision", "highest")
        if kind != "cpu" and jax.default_backend() == "cpu":
            raise RuntimeError("JAX sees no GPU")
        self.device = jax.devices("cpu")[0] if kind == "cpu" else jax.devices()[0]
        self.version = jax.__version__

    def wait(self, result: object) -> None:
        self.jax.block_until_ready(result)

    def layer(self, shape: str, direction: str) -> typing.Iterator[tuple[str, typing.Callable[[], object]]]:
        jax = self.jax
        (n, h, w, c, k, r, s), (stride, padding, dilation), groups = numbers(shape)
        keys = jax.random.split(jax.random.key(1), 3)
        with jax.default_device(self.device):
            x = jax.random.normal(keys[0], (n, h, w, c))
            weight = jax.random.normal(keys[1], (r, s, c // groups, k))
            bias = jax.random.normal(keys[2], (k,))

            def convolution(x, weight, bias):
                return bias + jax.lax.conv_general_dilated(
                    x, weight, stride, [(padding[0],) * 2, (padding[1],) * 2], rhs_dilation=dilation,
                    dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=groups)

            forward = jax.jit(convolution)
            dy = forward(x, weight, bias)
            delta = jax.jit(lambda dy, weight: jax.vjp(lambda x: convolution(x, weight, bias), x)[1](dy))
            gradient = jax.jit(lambda x, dy: jax.vjp(lambda weight, bias: convolution(x, weight, bias), weight, bias)[1](dy))
            yield "NHWC", {
                "forward": lambda: forward(x, weight, bias), "delta": lambda: delta(dy, weight),
                "gradient": lambda: gradient(x, dy)}[direction]

    def network(self, name: str, batch: int, mode: str) -> typing.Iterator[tuple[str, typing.Callable[[], object]]]:
        """JAX has no networks of its own."""
        return iter(())


def main() -> int:
    parser = argparse.ArgumentParser(prog="peers.py", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="what `deltacl bench layers` or `networks` printed with --json")
    parser.add_argument("--device", default="gpu", help="cpu, or anything else for a GPU")
    parser.add_argument("--budget", type=float, default=60, help="the seconds for everything")
    options = parser.parse_args()

    items: list[dict[str, typing.Any]] = []
    for path in options.files:
        with open(path) as file:
            items += json.load(file)
    frameworks = []
    failed = False
    for make in (PyTorch, JAX):
        try:
            frameworks.append(make(options.device))
        except ImportError:
            continue
        except Exception as error:
            print(f"{make.name}: {error}", file=sys.stderr)
            failed = True
    output = Output()
    end = time.perf_counter() + options.budget
    left = len(items) * len(frameworks)
    for framework in frameworks:
        for item in items:
            remaining = end - time.perf_counter()
            if remaining <= 0:
                print(f"Error: the budget is spent, {left} measurements are left out", file=sys.stderr)
                output.end()
                return 1
            budget = min(1, remaining / left / 4)
            left -= 1
            try:
                if "direction" in item:
                    title = {"name": item["name"], "direction": item["direction"]}
                    calls = framework.layer(item["shape"], item["direction"])
                else:
                    title = {"network": item["network"], "batch": item["batch"], "mode": item["mode"]}
                    calls = framework.network(item["network"], item["batch"], item["mode"])
                for layout, run in calls:
                    output.append(
                        framework=framework.name, version=framework.version, **title, layout=layout,
                        medianSeconds=medianSeconds(run, framework.wait, budget))
            except Exception as error:
                print(f"Error: {framework.name}, {' '.join(map(str, title.values()))}: {error}".splitlines()[0], file=sys.stderr)
                failed = True
    output.end()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
