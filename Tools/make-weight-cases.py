#!/usr/bin/env python3
"""Writes the files of PyTorch and NumPy that the tests read (pip install torch numpy): Tests/DeltaCLDataTests/TensorFiles and
Tests/DeltaCLNetworksTests/Weights.

The values of most tensors are 0, 1, 2 and so on, so that the tests know them.
"""
import argparse
import collections
import pathlib

import numpy
import torch

tests = pathlib.Path(__file__).resolve().parent.parent / "Tests"
data = tests / "DeltaCLDataTests" / "TensorFiles"
networks = tests / "DeltaCLNetworksTests" / "Weights"


def state():
    """Tensors of every kind that occurs in state dictionaries."""
    whole = torch.arange(24, dtype=torch.float32)
    tensors = collections.OrderedDict()
    tensors["weight"] = torch.nn.Parameter(torch.arange(24, dtype=torch.float32).reshape(2, 3, 2, 2))
    tensors["transposed"] = torch.arange(6, dtype=torch.float32).reshape(2, 3).t()
    tensors["channels_last"] = (
        torch.arange(24, dtype=torch.float32).reshape(2, 3, 2, 2).to(memory_format=torch.channels_last))
    tensors["shared"] = whole
    tensors["part"] = whole[4:12].reshape(2, 4)[:, 1:3]
    tensors["expanded"] = torch.tensor([7.0]).expand(3, 2)
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    for name, dtype in (
        ("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64), ("int8", torch.int8),
        ("int16", torch.int16), ("int32", torch.int32), ("byte", torch.uint8), ("bool", torch.bool),
    ):
        tensors[name] = torch.tensor([0, 1, 1, 0]).to(dtype)
    tensors["num_batches_tracked"] = torch.tensor(17)
    return tensors


def write_torch():
    torch.save(state(), data / "state.pth")
    torch.save(state(), data / "legacy.pth", _use_new_zipfile_serialization=False)
    small = {"weight": torch.arange(4, dtype=torch.float32)}
    torch.save(
        {"epoch": 3, "args": argparse.Namespace(lr=0.1), "best": numpy.float64(0.5),
         "optimizer": {"state": {0: {"momentum_buffer": torch.zeros(2)}}, "param_groups": [{"params": [0]}]},
         "state_dict": small},
        data / "nested.pth")
    torch.save({"model": small}, data / "model.pth", pickle_protocol=4)
    torch.save({"wide": torch.arange(4).to(torch.uint16)}, data / "uint16.pth")
    torch.save(torch.nn.Linear(2, 2), data / "module.pth")
    torch.save({"sparse": torch.eye(2).to_sparse()}, data / "sparse.pth")


def write_numpy():
    values = numpy.arange(24).reshape(2, 3, 4)
    numpy.save(data / "float32.npy", values.astype("<f4"))
    numpy.save(data / "fortran.npy", numpy.asfortranarray(values.astype("<f4")))
    numpy.save(data / "big-endian.npy", values.astype(">f8"))
    numpy.save(data / "scalar.npy", numpy.float32(2.5))
    numpy.save(data / "objects.npy", numpy.array([None, 1], dtype=object), allow_pickle=True)
    numpy.save(data / "records.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    for version in (2, 3):
        with open(data / f"version{version}.npy", "wb") as file:
            numpy.lib.format.write_array(file, numpy.arange(3, dtype="<i8"), version=(version, 0))
    arrays = {
        "x": values.astype("<f4"), "labels": numpy.arange(5, dtype="<i8"), "half": numpy.arange(4).astype("<f2"),
        "flags": numpy.array([True, False]), "empty": numpy.zeros((0, 3), dtype="<f4"),
    }
    numpy.savez(data / "stored.npz", **arrays)
    numpy.savez_compressed(data / "deflated.npz", **arrays)


class Network(torch.nn.Module):
    """A convolution, batch normalisation of images and of flattened features, and dense layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 4, (3, 2), padding=1)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.conv2 = torch.nn.Conv2d(4, 4, 3, groups=4)
        self.bn2 = torch.nn.BatchNorm1d(4 * 2 * 3)
        self.dense1 = torch.nn.Linear(4 * 2 * 3, 5)
        self.dense2 = torch.nn.Linear(5, 3)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.nn.functional.max_pool2d(self.conv2(x), (2, 1))
        x = torch.relu(self.bn2(x.flatten(1)))
        return self.dense2(torch.relu(self.dense1(x)))


def write_network():
    torch.manual_seed(1)
    network = Network()
    images = torch.randn(2, 2, 6, 4)
    for _ in range(3):
        network(torch.randn(8, 2, 6, 4))
    network.eval()
    torch.save({"module." + name: value for name, value in network.state_dict().items()}, networks / "network.pth")
    numpy.savez(
        networks / "logits.npz", images=images.permute(0, 2, 3, 1).contiguous().numpy(),
        logits=network(images).detach().numpy())


for folder in (data, networks):
    folder.mkdir(exist_ok=True)
write_torch()
write_numpy()
write_network()
