"""The kernels' sources: headers put in place as KernelIncludes.swift does, and the floors that the files state."""

from __future__ import annotations

import dataclasses
import pathlib
import re

from gpu.failure import Failure

KERNELS = pathlib.Path(__file__).resolve().parents[2] / "Kernels" / "OpenCL"

_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
_FLOOR = re.compile(r"^// gpu-floor: (\w+)((?: \w+=\d+)*)(?: on (\w+))?: (.*)$")
_BOUND = re.compile(r"^(multiply-adds|occupancy) (\d+) %$")


@dataclasses.dataclass(frozen=True)
class Floor:
    """The least that a kernel must reach, of some constants, on the devices of a vendor or all."""

    kernel: str
    constants: dict[str, int]
    vendor: str | None
    multiplyAdds: float | None
    occupancy: float | None
    place: str

    def holdsFor(self, kernel: str, constants: dict[str, int], vendor: str) -> bool:
        return (
            kernel == self.kernel
            and self.vendor in (None, vendor)
            and all(constants.get(name) == value for name, value in self.constants.items()))


def program(name: str, definitions: str = "") -> str:
    """What a program is built from: definitions and `NAME.cl`, each header put in place once."""
    included: set[str] = set()
    lines = definitions.splitlines()

    def append(path: str, place: str) -> None:
        try:
            text = (KERNELS / path).read_text()
        except OSError as error:
            raise Failure(f"{place}: cannot read {KERNELS / path}: {error.strerror}") from error
        lines.append(f'#line 1 "{path}"')
        for number, line in enumerate(text.splitlines(), 1):
            match = _INCLUDE.match(line)
            if not match:
                lines.append(line)
                continue
            if match[1] not in included:
                included.add(match[1])
                append(match[1], f"{path}:{number}")
            lines.append(f'#line {number + 1} "{path}"')

    append(f"{name}.cl", "the planner")
    return "\n".join(lines) + "\n"


def floors(name: str) -> list[Floor]:
    """The floors that `NAME.cl` states, a line each:

    // gpu-floor: KERNEL CONSTANT=VALUE... on VENDOR: multiply-adds 60 %, occupancy 12 %

    Constants, `on VENDOR` and one of the two bounds may be left out. All floors that fit a kernel hold.
    """
    path = KERNELS / f"{name}.cl"
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if "gpu-floor" not in line:
            continue
        place = f"{path.relative_to(KERNELS)}:{number}"
        match = _FLOOR.match(line)
        bounds = [_BOUND.match(bound) for bound in match[4].split(", ")] if match else []
        if not match or not all(bounds):
            raise Failure(f"{place}: not a floor: {line.strip()}; write '// gpu-floor: KERNEL: multiply-adds 60 %'")
        shares = {bound[1]: int(bound[2]) / 100 for bound in bounds if bound}
        constants = dict(pair.split("=") for pair in match[2].split())
        found.append(
            Floor(
                match[1], {name: int(value) for name, value in constants.items()}, match[3],
                shares.get("multiply-adds"), shares.get("occupancy"), place))
    return found
