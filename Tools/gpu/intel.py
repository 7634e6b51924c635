"""Intel's devices: ocloc compiles and disassembles, a file for each kernel."""

from __future__ import annotations

import re

from gpu.assembly import Block, Instruction, Report, report
from gpu.compilers import Compilers, definitions, scratchFolder

#: The float32 lanes of an execution unit.
_LANES = {"tgllp": 8, "dg2": 8, "pvc": 16}
#: Every hardware thread has as many.
_REGISTERS = 128

_LABEL = re.compile(r"^(L\d+):\s*$")
_LINE = re.compile(r"^\s*(\([^)]*\))?\s*([a-z][\w.]*)(?:\s+\((\d+)\|M\d+\))?\s*(.*)$")
_TARGET = re.compile(r"\bL\d+\b")
_SPILLED = re.compile(r"kernel (\w+).*?spilled around (\d+)", re.S)
_BRANCHES = (
    "jmpi", "goto", "join", "if", "else", "endif", "while", "break", "cont", "ret", "call", "brc", "brd", "halt")

# Numbers of patch tokens, from patch_list.h of Intel's graphics compiler.
_LOCAL_SURFACE, _SCRATCH, _ENVIRONMENT, _PRIVATE_SURFACE = 15, 18, 23, 38


def compile(compilers: Compilers, device: str, source: str, constants: dict[str, int]) -> list[str]:
    """What ocloc says, the list of patch tokens, and name and assembler text of each kernel."""
    with scratchFolder() as folder:
        (folder / "program.cl").write_text(source)
        options = " ".join(["-cl-std=CL1.2", *definitions(constants)])
        said = compilers.run(
            compilers.ocloc,
            ["compile", "-file", "program.cl", "-device", device, "-options", options, "-output", "program",
             "-output_no_suffix"], folder=folder)
        compilers.run(compilers.ocloc, ["disasm", "-file", "program", "-device", device, "-dump", "dump"], folder=folder)
        texts = [said.stdout + said.stderr, (folder / "dump/PTM.txt").read_text()]
        for path in sorted((folder / "dump").glob("*_KernelHeap.asm")):
            texts += [path.name.removesuffix("_KernelHeap.asm"), path.read_text()]
    return texts


def reports(device: str, texts: list[str]) -> dict[str, Report]:
    """A report for each kernel."""
    said, tokens, *kernels = texts
    spilled = {name: int(count) for name, count in _SPILLED.findall(said)}
    patches = _patches(tokens)
    found = {}
    for kernel, text in zip(kernels[::2], kernels[1::2]):
        patch = patches[kernel]
        waveSize = patch[_ENVIRONMENT][3]
        private = patch.get(_PRIVATE_SURFACE, [0] * 4)[3]
        scratch = patch.get(_SCRATCH, [0, 0])[1]
        found[kernel] = report(
            _blocks(text, device, waveSize, usesPrivateSurface=private > 0), registers=_REGISTERS,
            # A register has 32 bytes, or 64, a lane's part of it 4.
            spillBytes=4 * spilled.get(kernel, 0), privateBytes=private + scratch // waveSize,
            localBytes=patch.get(_LOCAL_SURFACE, [0, 0])[1], waveSize=waveSize)
    return found


def _patches(tokens: str) -> dict[str, dict[int, list[int]]]:
    """The words of each kernel's patch tokens, the first of a kind."""
    found: dict[str, dict[int, list[int]]] = {}
    for part in tokens.split("Kernel #")[1:]:
        name = re.search(r"KernelName (\w+)", part)
        if not name:
            continue
        patch = found.setdefault(name[1], {})
        for token, values in re.findall(r"4 Token (\d+)\n\s*4 Size \d+\n\s*Hex ([0-9a-f ]*)", part):
            bytes_ = bytes(int(value, 16) for value in values.split())
            words = [int.from_bytes(bytes_[at:at + 4], "little") for at in range(0, len(bytes_) - 3, 4)]
            patch.setdefault(int(token), words)
    return found


def _blocks(text: str, device: str, waveSize: int, usesPrivateSurface: bool) -> list[Block]:
    blocks = [Block("begin")]
    for line in text.splitlines():
        label = _LABEL.match(line)
        if label:
            blocks.append(Block(label[1]))
            continue
        match = _LINE.match(line)
        if not match:
            continue
        predicate, name, lanes, operands = match.groups()
        root = name.split(".")[0]
        blocks[-1].instructions.append(
            _instruction(name, operands, int(lanes or 1), _LANES[device], waveSize, usesPrivateSurface))
        if root in _BRANCHES:
            blocks[-1].targets += _TARGET.findall(operands)
            conditional = bool(predicate) and "f" in predicate
            blocks[-1].fallsThrough = conditional or root not in ("jmpi", "goto", "ret")
            blocks.append(Block(""))
        elif "EOT" in operands:
            blocks[-1].fallsThrough = False
            blocks.append(Block(""))
    return blocks


def _instruction(
    name: str, operands: str, lanes: int, unitLanes: int, waveSize: int, usesPrivateSurface: bool
) -> Instruction:
    root, slots = name.split(".")[0], max(1.0, lanes / unitLanes)
    if root.startswith("send"):
        kind, width = _message(name, operands, usesPrivateSurface)
        return Instruction(name, operands, kind, width=width)
    if root in ("mad", "mac") and re.match(r"\S+:f\s", operands):
        return Instruction(name, operands, "multiply-add", multiplyAdds=lanes / waveSize, slots=slots)
    if root in ("sync", "nop", "wait"):
        return Instruction(name, operands, "wait")
    if root in _BRANCHES:
        return Instruction(name, operands, "branch")
    isInteger = re.match(r"(?:\([^)]*\)\s*)?\S+:u?[bwdq]\s", operands)
    return Instruction(name, operands, "address" if isInteger else "other", slots=slots)


def _message(name: str, operands: str, usesPrivateSurface: bool) -> tuple[str, int]:
    """The kind of a message, and the bytes of a lane; the disassembler explains it behind the instruction."""
    text = operands.split("//")[-1]
    if "fence" in text or "barrier" in text or name.startswith(("send.gtwy", "sends.gtwy")):
        return "wait", 0
    reads = " rd:0" not in text
    width = re.search(r"d(32|64)(?:x(\d+))?\b", text)
    if width:
        bytes_ = int(width[1]) // 8 * int(width[2] or 1)
    else:
        channels = re.search(r"with ([xyzw]+)", text)
        bytes_ = 4 * len(channels[1]) if channels else 4
    descriptor = re.findall(r"0x([0-9A-F]{8})\b", operands)
    # The binding table's entry 254 is local memory.
    isLocal = "slm" in name or ("untyped surface" in text and descriptor and descriptor[-1].endswith("FE"))
    if isLocal:
        return ("local-load" if reads else "local-store"), bytes_
    # Buffers are reached by 64-bit addresses or by an entry of the binding table; 255 stands for addresses of 32 bits.
    isStateless = "untyped surface" in text and descriptor and descriptor[-1].endswith("FF")
    if "ss[" in text or "scratch" in text or isStateless or (usesPrivateSurface and "a64" in text):
        return "private", bytes_
    if "a64" in text or "untyped surface" in text or "surface" in text:
        return "global", bytes_
    return "other", 0
