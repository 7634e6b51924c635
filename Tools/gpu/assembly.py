"""Machine code as basic blocks, and the loop in which a kernel spends its time."""

from __future__ import annotations

import collections
import dataclasses
from typing import Callable, Iterable


@dataclasses.dataclass(frozen=True)
class Instruction:
    """An instruction of any vendor, reduced to what the model counts."""

    name: str
    text: str
    #: multiply-add, local-load, local-store, global, private, wait, branch, scalar or other.
    kind: str
    #: The float32 multiply-adds of a lane.
    multiplyAdds: float = 0
    #: The bytes that a lane moves.
    width: int = 0
    #: The turns of a SIMD that issuing takes.
    slots: float = 1


@dataclasses.dataclass
class Block:
    """Instructions that run one after the other."""

    label: str
    instructions: list[Instruction] = dataclasses.field(default_factory=list)
    #: The labels that its branches name.
    targets: list[str] = dataclasses.field(default_factory=list)
    fallsThrough: bool = True


def hotLoop(blocks: list[Block]) -> list[Instruction] | None:
    """The instructions of the innermost loop that has at least half of a kernel's multiply-adds, or of its accesses to
    global memory where it has none; `None` where no loop has.

    A loop is a strongly connected part of the control flow. Without its first block it falls apart into those within.
    """
    all_ = [instruction for block in blocks for instruction in block.instructions]
    weigh: Callable[[Iterable[Instruction]], float] = lambda code: sum(i.multiplyAdds for i in code)
    if weigh(all_) == 0:
        weigh = lambda code: sum(i.kind == "global" for i in code)
    half = weigh(all_) / 2
    if half == 0:
        return None

    names = {block.label: index for index, block in enumerate(blocks)}
    edges: dict[int, list[int]] = {}
    for index, block in enumerate(blocks):
        edges[index] = [names[target] for target in block.targets if target in names]
        if block.fallsThrough and index + 1 < len(blocks):
            edges[index].append(index + 1)

    nodes, best = set(range(len(blocks))), None
    while True:
        loops = [
            loop for loop in _components(nodes, edges)
            if weigh(i for node in loop for i in blocks[node].instructions) >= half]
        if not loops:
            break
        best = loops[0]
        inside = set(best)
        entries = {
            target for node, targets in edges.items() if node not in inside for target in targets if target in inside}
        # A loop that is entered in several places has no loops within that are smaller for certain.
        if len(entries) > 1:
            break
        nodes = inside - (entries or {min(best)})
    if best is None:
        return None
    return [instruction for node in sorted(best) for instruction in blocks[node].instructions]


def _components(nodes: set[int], edges: dict[int, list[int]]) -> list[list[int]]:
    """The strongly connected components that are loops.

    Tarjan, "Depth-first search and linear graph algorithms" (1972).
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    onStack: set[int] = set()
    result = []
    for root in sorted(nodes):
        if root in order:
            continue
        work = [(root, iter([target for target in edges[root] if target in nodes]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        onStack.add(root)
        while work:
            node, rest = work[-1]
            target = next(rest, None)
            if target is not None:
                if target not in order:
                    order[target] = low[target] = len(order)
                    stack.append(target)
                    onStack.add(target)
                    work.append((target, iter([t for t in edges[target] if t in nodes])))
                elif target in onStack:
                    low[node] = min(low[node], order[target])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == order[node]:
                component = []
                while True:
                    member = stack.pop()
                    onStack.discard(member)
                    component.append(member)
                    if member == node:
                        break
                if len(component) > 1 or node in edges[node]:
                    result.append(component)
    return result


@dataclasses.dataclass
class Report:
    """What a compiler made of one kernel."""

    registers: int
    #: Bytes that a work-item spills, where the compiler says so.
    spillBytes: int
    #: Bytes of private memory of a work-item.
    privateBytes: int
    localBytes: int
    waveSize: int
    #: Whether there is a loop; else the figures below are of the whole kernel.
    hasLoop: bool
    #: Of the hot loop: instructions by kind; local loads by `local-load 16` for those of 16 bytes.
    mix: dict[str, float]
    #: Of the hot loop, in a wave: issue slots, multiply-adds of a lane and bytes of a lane from and to local memory.
    slots: float
    multiplyAdds: float
    localLoadBytes: float
    localStoreBytes: float
    #: Of the hot loop, in a work-item: accesses to global memory.
    globalAccesses: float
    #: The slots of the whole kernel.
    allSlots: float

    @property
    def share(self) -> float:
        """The share of multiply-adds among the issue slots of the hot loop."""
        return self.mix.get("multiply-add", 0) / self.slots if self.slots else 0

    @property
    def privateAccesses(self) -> float:
        """Accesses to private memory in the hot loop."""
        return self.mix.get("private", 0) if self.hasLoop else 0


def report(
    blocks: list[Block], *, registers: int, spillBytes: int, privateBytes: int, localBytes: int, waveSize: int
) -> Report:
    """Counts the hot loop."""
    loop = hotLoop(blocks)
    code = loop if loop is not None else [i for block in blocks for i in block.instructions]
    mix: collections.Counter[str] = collections.Counter()
    for instruction in code:
        counted = instruction.slots if instruction.kind == "multiply-add" else 1
        name = instruction.kind
        mix[f"{name} {instruction.width}" if name == "local-load" else name] += counted
    return Report(
        registers=registers, spillBytes=spillBytes, privateBytes=privateBytes, localBytes=localBytes, waveSize=waveSize,
        hasLoop=loop is not None, mix=dict(mix), slots=sum(i.slots for i in code),
        multiplyAdds=sum(i.multiplyAdds for i in code),
        localLoadBytes=sum(i.width for i in code if i.kind == "local-load"),
        localStoreBytes=sum(i.width for i in code if i.kind == "local-store"),
        globalAccesses=sum(i.kind == "global" for i in code),
        allSlots=sum(i.slots for block in blocks for i in block.instructions))
