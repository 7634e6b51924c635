"""How many sectors of memory the work-items of a wave touch at a time, read off the PTX of a kernel.

The address of each access to global memory is computed for 32 neighbouring work-items, with a launch's arguments. A
register that is assigned several times, as in a loop, has its first value; what is loaded from memory counts as 0.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Callable

from gpu.launches import Launch

#: What memory is moved by.
SECTOR = 32
_LANES = 32

_ENTRY = re.compile(r"\.entry (\w+)\((.*?)\)\s*(.*?)\n\}", re.S)
_INSTRUCTION = re.compile(r"^\s*(?:@!?%p\d+\s+)?([a-z][\w.:]*)\s+(.*);", re.M)
_ACCESS = re.compile(r"^(ld|st)\.global\.(?:nc\.)?(?:v(\d)\.)?[a-z](\d+)$")


@dataclasses.dataclass(frozen=True)
class Access:
    """An access to global memory: the bytes that 32 work-items want, and those of the sectors that are moved."""

    wanted: int
    moved: int


def overhead(ptx: str, launch: Launch) -> float:
    """The bytes that are moved for each that is wanted, at least 1, over all accesses of a kernel."""
    found = accesses(ptx, launch)
    wanted = sum(access.wanted for access in found)
    return max(1.0, sum(access.moved for access in found) / wanted) if wanted else 1.0


def accesses(ptx: str, launch: Launch) -> list[Access]:
    """The accesses to global memory in the order of the code."""
    for name, _, body in _ENTRY.findall(ptx):
        if name == launch.kernel:
            return _Evaluation(body, launch).accesses()
    return []


class _Evaluation:
    def __init__(self, body: str, launch: Launch) -> None:
        self.launch = launch
        self.instructions = [(match[1], match[2]) for match in _INSTRUCTION.finditer(body)]
        self.definitions: dict[str, tuple[str, list[str]]] = {}
        for operation, operands in self.instructions:
            if operation.startswith(("st.", "bra", "bar", "ret")):
                continue
            target, *sources = _split(operands)
            for part in target.strip("{}").split(","):
                self.definitions.setdefault(part.strip(), (operation, sources))

    def accesses(self) -> list[Access]:
        found = []
        for operation, operands in self.instructions:
            match = _ACCESS.match(operation)
            place = re.search(r"\[(%\w+)(?:\+(-?\d+))?\]", operands)
            if not match or not place:
                continue
            width = int(match[2] or 1) * int(match[3]) // 8
            sectors: set[int] = set()
            lanes = min(_LANES, self.launch.localSize)
            for lane in range(lanes):
                address = self.value(place[1], lane, {}) + int(place[2] or 0)
                sectors.update(range(address // SECTOR, (address + width - 1) // SECTOR + 1))
            moved = SECTOR * len(sectors)
            found.append(Access(wanted=min(lanes * width, moved), moved=moved))
        return found

    def value(self, register: str, lane: int, known: dict[str, int]) -> int:
        """The value of a register or a literal."""
        if not register.startswith("%"):
            return _literal(register)
        if register.startswith(("%tid", "%ntid", "%ctaid", "%nctaid", "%envreg", "%laneid", "%warpid")):
            return self.special(register, lane)
        if register in known:
            return known[register]
        if register not in self.definitions:
            return 0
        # A register that depends on itself has gone round a loop.
        known[register] = 0
        operation, sources = self.definitions[register]
        known[register] = self.result(operation, sources, lane, known)
        return known[register]

    def special(self, name: str, lane: int) -> int:
        axis = "xyz".find(name[-1])
        if name.startswith("%tid"):
            return lane if axis == 0 else 0
        if name.startswith("%ntid"):
            return self.launch.localSize if axis == 0 else 1
        if name.startswith("%nctaid"):
            size = self.launch.globalSize[axis] if axis < len(self.launch.globalSize) else 1
            return size // self.launch.localSize if axis == 0 else size
        return 0

    def parameter(self, text: str) -> int:
        match = re.search(r"_param_(\d+)", text)
        if not match or int(match[1]) >= len(self.launch.parameters):
            return 0
        index = int(match[1])
        # Buffers lie far apart and begin at a sector.
        return self.launch.integers.get(self.launch.parameters[index], (index + 1) << 40)

    def result(self, operation: str, sources: list[str], lane: int, known: dict[str, int]) -> int:
        root, *modifiers = operation.split(".")
        if root == "ld":
            return self.parameter(sources[0]) if "param" in modifiers else 0
        bits = next((int(m[1:]) for m in reversed(modifiers) if re.fullmatch(r"[subf]\d+", m)), 32)
        values = [self.value(source, lane, known) for source in sources]
        if modifiers and modifiers[-1].startswith("f"):
            return 0
        compute = _OPERATIONS.get(root)
        try:
            result = compute(modifiers, values) if compute else 0
        except (ZeroDivisionError, IndexError, ValueError):
            return 0
        if root in ("mul", "mad") and "wide" in modifiers:
            bits *= 2
        if root == "cvt" and len(modifiers) > 1:
            bits = int(re.sub(r"\D", "", modifiers[-2]) or 64)
        unsigned = bool(modifiers) and modifiers[-1].startswith("u")
        return _wrapped(result, bits, unsigned)


def _compare(modifiers: list[str], v: list[int]) -> int:
    a, b = v[0], v[1]
    tests: dict[str, bool] = {
        "eq": a == b, "ne": a != b, "lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b, "lo": a < b, "ls": a <= b,
        "hi": a > b, "hs": a >= b}
    return int(tests.get(modifiers[0], False))


def _bitfield(v: list[int]) -> int:
    return (v[0] >> v[1]) & ((1 << v[2]) - 1)


_OPERATIONS: dict[str, Callable[[list[str], list[int]], int]] = {
    "mov": lambda m, v: v[0], "cvt": lambda m, v: v[0], "cvta": lambda m, v: v[0], "neg": lambda m, v: -v[0],
    "not": lambda m, v: (1 - v[0]) if m[-1] == "pred" else ~v[0], "abs": lambda m, v: abs(v[0]),
    "add": lambda m, v: v[0] + v[1], "sub": lambda m, v: v[0] - v[1],
    "mul": lambda m, v: (v[0] * v[1]) >> (32 if "hi" in m else 0),
    "mad": lambda m, v: ((v[0] * v[1]) >> (32 if "hi" in m else 0)) + v[2],
    "div": lambda m, v: abs(v[0]) // abs(v[1]) * (1 if (v[0] < 0) == (v[1] < 0) else -1),
    "rem": lambda m, v: (abs(v[0]) % abs(v[1])) * (1 if v[0] >= 0 else -1),
    "shl": lambda m, v: v[0] << min(v[1], 64), "shr": lambda m, v: v[0] >> min(v[1], 64),
    "and": lambda m, v: v[0] & v[1], "or": lambda m, v: v[0] | v[1], "xor": lambda m, v: v[0] ^ v[1],
    "min": lambda m, v: min(v[0], v[1]), "max": lambda m, v: max(v[0], v[1]),
    "selp": lambda m, v: v[0] if v[2] else v[1], "setp": _compare, "bfe": lambda m, v: _bitfield(v),
}


def _wrapped(value: int, bits: int, unsigned: bool) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if not unsigned and value >> (bits - 1) else value


def _literal(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0


def _split(operands: str) -> list[str]:
    """Operands at commas outside of braces."""
    return [part.strip() for part in re.split(r",\s*(?![^{]*\})", operands)]
