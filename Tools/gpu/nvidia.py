"""NVIDIA's compilers: clang makes PTX, ptxas machine code, and nvdisasm prints it."""

from __future__ import annotations

import re

from gpu.assembly import Block, Instruction, Report, report
from gpu.compilers import Compilers, definitions, scratchFolder

_PROPERTIES = re.compile(
    r"Compiling entry function '(\w+)'.*?"
    r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads.*?"
    r"Used (\d+) registers([^\n]*)", re.S)
_LINE = re.compile(r"^\s*/\*[0-9a-f]+\*/\s+(@!?U?P\w+\s+)?([A-Z][\w.]*)\s*([^;]*);")
_LABEL = re.compile(r"^(\.L_x_\w+|\.text\.\w+):")
_TARGET = re.compile(r"`\((\.L_x_\w+)\)")
_WIDTH = re.compile(r"\.(128|64|U16|S16|U8|S8)\b")

_INTEGER = re.compile(
    r"^(U?IMAD|U?IADD3?|U?LEA|U?ISETP|U?SHF|U?LOP3?|U?IABS|IMNMX|VIMNMX|U?SEL|U?PLOP3|I2F|F2I|U?MOV|CS2R|S2U?R|R2UR"
    r"|VIADD|ULDC|LDC|LDCU|PRMT|UPRMT|P2R|R2P|U?SGXT|U?POPC|U?FLO|U?BREV|VOTEU?|U?ISCADD)$")


def ptx(compilers: Compilers, source: str, constants: dict[str, int]) -> str:
    """PTX for the oldest device, which the newer ones take too."""
    clang = [
        "-x", "cl", "-cl-std=CL1.2", "-O3", "-S", "-o", "-", "-target", "nvptx64-nvidia-nvcl",
        "-Xclang", "-target-cpu", "-Xclang", "sm_75", "-Xclang", "-target-feature", "-Xclang", "+ptx70",
        "-Xclang", "-mlink-builtin-bitcode", "-Xclang", str(compilers.clc), *definitions(constants), "-"]
    return compilers.run(compilers.clang, clang, source).stdout


def compile(compilers: Compilers, device: str, ptxText: str) -> tuple[str, str]:
    """What ptxas says, and the machine code of all kernels of a program."""
    with scratchFolder() as folder:
        (folder / "program.ptx").write_text(ptxText)
        said = compilers.run(
            compilers.ptxas, ["-v", f"-arch={device}", "-o", str(folder / "program.cubin"), str(folder / "program.ptx")])
        code = compilers.run(compilers.nvdisasm, ["-c", str(folder / "program.cubin")])
    return said.stderr + said.stdout, code.stdout


def reports(said: str, code: str) -> dict[str, Report]:
    """A report for each kernel."""
    blocks = _blocks(code)
    found = {}
    for kernel, stack, stores, loads, registers, rest in _PROPERTIES.findall(said):
        shared = re.search(r"(\d+) bytes smem", rest)
        found[kernel] = report(
            blocks[kernel], registers=int(registers), spillBytes=int(stores) + int(loads), privateBytes=int(stack),
            localBytes=int(shared[1]) if shared else 0, waveSize=32)
    return found


def _blocks(code: str) -> dict[str, list[Block]]:
    kernels: dict[str, list[Block]] = {}
    blocks: list[Block] = []
    for line in code.splitlines():
        label = _LABEL.match(line)
        if label:
            if label[1].startswith(".text."):
                blocks = kernels.setdefault(label[1].removeprefix(".text."), [])
            blocks.append(Block(label[1]))
            continue
        match = _LINE.match(line)
        if not match or not blocks:
            continue
        predicate, name, operands = match.groups()
        if name == "NOP" and blocks[-1].label == "after the end":
            continue
        blocks[-1].instructions.append(_instruction(name, operands))
        root = name.split(".")[0]
        if root in ("BRA", "BRX", "JMP", "EXIT", "RET"):
            target = _TARGET.search(operands)
            if target and root == "BRA":
                blocks[-1].targets.append(target[1])
            # The predicate may be an operand, as in BRA.U UP0 or BRA P1.
            conditional = bool(predicate) or bool(re.match(r"!?U?P\d", operands))
            blocks[-1].fallsThrough = conditional
            blocks.append(Block("" if conditional else "after the end"))
    return kernels


def _instruction(name: str, operands: str) -> Instruction:
    root = name.split(".")[0]
    width = _WIDTH.search(name)
    bytes_ = {"128": 16, "64": 8, "U16": 2, "S16": 2, "U8": 1, "S8": 1}[width[1]] if width else 4
    if root in ("FFMA", "FFMA32I"):
        return Instruction(name, operands, "multiply-add", multiplyAdds=1)
    if root == "FFMA2":
        return Instruction(name, operands, "multiply-add", multiplyAdds=2)
    if root in ("LDS", "LDSM"):
        return Instruction(name, operands, "local-load", width=bytes_)
    if root in ("STS", "ATOMS"):
        return Instruction(name, operands, "local-store", width=bytes_)
    if root in ("LDL", "STL"):
        return Instruction(name, operands, "private", width=bytes_)
    if root in ("LDG", "STG", "LD", "ST", "ATOMG", "RED"):
        return Instruction(name, operands, "global", width=bytes_)
    if root in ("BAR", "DEPBAR", "NOP", "WARPSYNC", "MEMBAR", "ERRBAR", "CCTL", "YIELD"):
        return Instruction(name, operands, "wait")
    if root in ("BRA", "BRX", "JMP", "EXIT", "RET", "BSSY", "BSYNC", "CALL", "BREAK"):
        return Instruction(name, operands, "branch")
    return Instruction(name, operands, "address" if _INTEGER.match(root) else "other")
