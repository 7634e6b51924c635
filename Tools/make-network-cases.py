#!/usr/bin/env python3
"""Prints the table of torchvision's networks in Tests/DeltaCLNetworksTests/TorchvisionNetwork.swift (pip install torch torchvision).

With names of networks it prints their tensors, to see in what a network differs.
"""
import argparse
import zlib

import torch
import torchvision

NAMES = """
    alexnet vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn resnet18 resnet34 resnet50 resnet101 resnet152
    wide_resnet50_2 wide_resnet101_2 resnext50_32x4d resnext101_32x8d squeezenet1_0 squeezenet1_1 densenet121 mobilenet_v2
    mobilenet_v3_small mobilenet_v3_large efficientnet_b0 shufflenet_v2_x1_0
""".split()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="*", choices=[[], *NAMES])
    networks = parser.parse_args().network
    for name in networks or NAMES:
        with torch.device("meta"):
            model = torchvision.models.get_model(name, weights=None)
        shapes = {key: tensor.shape for key, tensor in model.state_dict().items() if not key.endswith("num_batches_tracked")}
        text = "".join(f"{key} {'x'.join(map(str, shape))}\n" for key, shape in sorted(shapes.items()))
        if networks:
            print(text, end="")
            continue
        parameters = [key for key, _ in model.named_parameters()]
        count = f"{sum(parameter.numel() for parameter in model.parameters()):_}"
        print(f'    TorchvisionNetwork(\n      "{name}", {count}, {len(shapes)}, 0x{zlib.crc32(text.encode()):08x}, '
              f'"{parameters[0]}", "{parameters[-1]}"),')


main()
