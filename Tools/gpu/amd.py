"""AMD's devices: clang makes assembler text, in which the compiler states registers and occupancy."""

from __future__ import annotations

import re

from gpu.assembly import Block, Instruction, Report, report
from gpu.compilers import Compilers, definitions

#: The device libraries are older than gfx1100; what depends on the instruction set in them is the same as for gfx1036.
_LIBRARY = {"gfx1030": "1030", "gfx1100": "1036", "gfx90a": "90a"}
_WAVE64 = {"gfx90a"}

_LABEL = re.compile(r"^(\.?[A-Za-z_][\w.$]*):")
_LINE = re.compile(r"^\t([a-z]\w*)(?:[ \t]+(.*))?$")
_INTEGER = re.compile(r"v_(add|sub|mul|mad|lshl|lshr|ashr|and|or|xor|cmp|cndmask|bfe|mov|min|max|perm|readfirst)")
_BRANCH = re.compile(r"(\.LBB\d+_\d+)")


def compile(compilers: Compilers, device: str, source: str, constants: dict[str, int]) -> str:
    """The assembler text of a program."""
    wave64 = device in _WAVE64
    switches = [
        "opencl", "ocml", "ockl", "oclc_daz_opt_off", "oclc_unsafe_math_off", "oclc_finite_only_off",
        "oclc_correctly_rounded_sqrt_off", f"oclc_wavefrontsize64_{'on' if wave64 else 'off'}",
        f"oclc_isa_version_{_LIBRARY[device]}", "oclc_abi_version_500"]
    libraries = [
        argument for name in switches
        for argument in ("-Xclang", "-mlink-builtin-bitcode", "-Xclang", str(compilers.deviceLibraries / f"{name}.bc"))]
    clang = [
        "-x", "cl", "-cl-std=CL2.0", "-O3", "-S", "-o", "-", "-target", "amdgcn-amd-amdhsa", f"-mcpu={device}",
        "-mcode-object-version=5", "-nogpulib", *libraries, *definitions(constants), "-"]
    return compilers.run(compilers.clang, clang, source).stdout


def reports(device: str, code: str) -> dict[str, Report]:
    """A report for each kernel."""
    found = {}
    for kernel, text in _kernels(code).items():
        def figure(pattern: str) -> int:
            match = re.search(pattern, text)
            return int(match[1]) if match else 0

        registers = figure(r"; TotalNumVgprs: (\d+)") or figure(r"; NumVgprs: (\d+)")
        spilled = re.search(rf"\.name:\s+{kernel}\n(?:.*\n)*?\s+\.vgpr_spill_count: (\d+)", code)
        found[kernel] = report(
            _blocks(kernel, text), registers=registers, spillBytes=4 * int(spilled[1]) if spilled else 0,
            privateBytes=figure(r"; ScratchSize: (\d+)"), localBytes=figure(r"; LDSByteSize: (\d+)"),
            waveSize=64 if device in _WAVE64 else 32)
    return found


def _kernels(code: str) -> dict[str, str]:
    """The text of each kernel, with the figures that follow it."""
    starts = [(match[1], match.start()) for match in re.finditer(r"^(\w+):\s+; @", code, re.M)]
    ends = [start for _, start in starts[1:]] + [len(code)]
    texts = {name: code[start:end] for (name, start), end in zip(starts, ends)}
    return {name: text for name, text in texts.items() if f".amdhsa_kernel {name}" in text}


def _blocks(kernel: str, text: str) -> list[Block]:
    blocks = [Block(kernel)]
    for line in text.splitlines():
        label = _LABEL.match(line)
        if label:
            if label[1].startswith(".Lfunc_end"):
                break
            blocks.append(Block(label[1]))
            continue
        match = _LINE.match(line.split(";")[0].rstrip())
        if not match:
            continue
        name, operands = match[1], match[2] or ""
        blocks[-1].instructions.append(_instruction(name, operands))
        if name.startswith(("s_branch", "s_cbranch", "s_endpgm", "s_setpc")):
            blocks[-1].targets += _BRANCH.findall(operands)
            blocks[-1].fallsThrough = name.startswith("s_cbranch")
            blocks.append(Block(""))
    return blocks


def _instruction(name: str, operands: str) -> Instruction:
    if "::" in operands:
        pair = [name, operands.split("::")[1].split()[0]]
        adds = sum(_isMultiplyAdd(part) for part in pair)
        return Instruction("+".join(pair), operands, "multiply-add" if adds else "other", multiplyAdds=adds)
    if name.startswith("v_pk_fma_f32"):
        return Instruction(name, operands, "multiply-add", multiplyAdds=2)
    if _isMultiplyAdd(name):
        return Instruction(name, operands, "multiply-add", multiplyAdds=1)
    if name.startswith("ds_"):
        kind = "local-load" if "load" in name or "read" in name else "local-store"
        return Instruction(name, operands, kind, width=_bytes(name), slots=0)
    # Buffer instructions reach private memory before gfx11; pointers to global memory make global or flat ones.
    if name.startswith(("scratch_", "buffer_load", "buffer_store")):
        return Instruction(name, operands, "private", width=_bytes(name), slots=0)
    if name.startswith(("global_", "flat_")):
        return Instruction(name, operands, "global", width=_bytes(name), slots=0)
    if name.startswith(("s_waitcnt", "s_barrier", "s_nop", "s_delay_alu", "s_sleep", "buffer_gl")):
        return Instruction(name, operands, "wait", slots=0)
    if name.startswith(("s_branch", "s_cbranch", "s_endpgm", "s_setpc")):
        return Instruction(name, operands, "branch", slots=0)
    if name.startswith("s_"):
        return Instruction(name, operands, "scalar", slots=0)
    return Instruction(name, operands, "address" if _INTEGER.match(name) and "_f32" not in name else "other")


def _isMultiplyAdd(name: str) -> bool:
    return re.match(r"v_(dual_)?(fma|fmac|fmaak|fmamk|mad|mac)_f32", name) is not None


def _bytes(name: str) -> int:
    match = re.search(r"(?:_b|_u|_i)(\d+)(?:_d16\w*)?$", name)
    if match:
        width = int(match[1]) // 8
    elif match := re.search(r"dwordx(\d)", name):
        width = 4 * int(match[1])
    else:
        width = 1 if "byte" in name else 2 if "short" in name else 4
    return width * (2 if "2addr" in name or "read2" in name or "write2" in name else 1)
