"""Compiles programs for devices, as many at a time as there are processors, and keeps what the compilers said."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import gzip
import hashlib
import json
import os
import pathlib
from typing import Callable

from gpu import amd, coalescing, intel, nvidia, sources
from gpu.assembly import Report
from gpu.compilers import CompileError, Compilers
from gpu.devices import Device
from gpu.launches import Launch

#: Results of compilers by what they were given, so that only changed kernels are compiled again.
RESULTS = pathlib.Path(__file__).resolve().parents[2] / ".build" / "gpu-results"


@dataclasses.dataclass(frozen=True)
class Task:
    """One program, all devices of a planner, and the launches of its kernels."""

    source: str
    definitions: str
    constants: tuple[tuple[str, int], ...]
    vendor: str
    devices: tuple[str, ...]
    launches: tuple[tuple[int, Launch], ...]


@dataclasses.dataclass
class Outcome:
    """What came of a task."""

    task: Task
    #: By device and kernel.
    reports: dict[str, dict[str, Report]] = dataclasses.field(default_factory=dict)
    #: By launch: the bytes moved for each that is wanted, as the kernel's largest launch has them.
    overheads: dict[int, float] = dataclasses.field(default_factory=dict)
    #: By device.
    errors: dict[str, str] = dataclasses.field(default_factory=dict)


def tasks(launches: list[Launch], devices: list[Device], kernel: str | None) -> list[Task]:
    """A task for each program and planner, or only for those with a kernel."""
    programs: dict[tuple[tuple[str, ...], str, str, tuple[tuple[str, int], ...]], list[tuple[int, Launch]]] = {}
    for index, launch in enumerate(launches):
        if kernel not in (None, launch.kernel):
            continue
        key = (launch.planner, launch.source, launch.definitions, tuple(sorted(launch.constants.items())))
        programs.setdefault(key, []).append((index, launch))
    return [
        Task(source, definitions, constants, planner[1], tuple(d.name for d in devices if d.planner == planner), tuple(found))
        for (planner, source, definitions, constants), found in programs.items()]


def run(compilers: Compilers, all_: list[Task], progress: Callable[[int, int], None]) -> list[Outcome]:
    """The outcomes in the order of the tasks."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with concurrent.futures.ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for outcome in pool.map(_outcome, [compilers] * len(all_), all_):
            outcomes.append(outcome)
            progress(len(outcomes), len(all_))
    return outcomes


def _outcome(compilers: Compilers, task: Task) -> Outcome:
    outcome = Outcome(task)
    source, constants = sources.program(task.source, task.definitions), dict(task.constants)
    ptx = None
    try:
        # For all vendors: addresses are the same. NVIDIA's compiler has no sub-groups to require.
        plain = {name: value for name, value in constants.items() if name != "SUB_GROUP"}
        ptx = _kept(["ptx"], source, plain, lambda: [nvidia.ptx(compilers, source, plain)])[0]
        for kernel in {launch.kernel for _, launch in task.launches}:
            same = [(index, launch) for index, launch in task.launches if launch.kernel == kernel]
            largest = max((launch for _, launch in same), key=lambda launch: launch.byteCount)
            overhead = coalescing.overhead(ptx, largest)
            outcome.overheads |= {index: overhead for index, _ in same}
    except CompileError as error:
        outcome.errors["ptx"] = str(error)
    for device in task.devices:
        try:
            outcome.reports[device] = _reports(compilers, task.vendor, device, source, constants, ptx)
            missing = {launch.kernel for _, launch in task.launches} - set(outcome.reports[device])
            if missing:
                outcome.errors[device] = f"the compiler reports nothing of {', '.join(sorted(missing))}"
        except CompileError as error:
            outcome.errors[device] = str(error)
    return outcome


def _reports(
    compilers: Compilers, vendor: str, device: str, source: str, constants: dict[str, int], ptx: str | None
) -> dict[str, Report]:
    if vendor == "NVIDIA":
        if ptx is None:
            return {}
        said, code = _kept([device], ptx, {}, lambda: list(nvidia.compile(compilers, device, ptx)))
        return nvidia.reports(said, code)
    if vendor == "AMD":
        text, = _kept([device], source, constants, lambda: [amd.compile(compilers, device, source, constants)])
        return amd.reports(device, text)
    texts = _kept([device], source, constants, lambda: intel.compile(compilers, device, source, constants))
    return intel.reports(device, texts)


def _kept(what: list[str], text: str, constants: dict[str, int], make: Callable[[], list[str]]) -> list[str]:
    """What `make` returns, from the folder of results where it is there."""
    here = pathlib.Path(__file__)
    packages = here.with_name("packages.txt").read_text()
    modules = "".join(here.with_name(f"{name}.py").read_text() for name in ("nvidia", "amd", "intel"))
    # Comments and the numbers of lines leave no trace in machine code.
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("//", "#line")))
    options = [line for line in modules.splitlines() if '"-' in line or "oclc" in line]
    key = hashlib.sha256(json.dumps([what, text, sorted(constants.items()), packages, options]).encode()).hexdigest()
    path = RESULTS / f"{key}.json.gz"
    try:
        return json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, ValueError, EOFError):
        made = make()
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(gzip.compress(json.dumps(made).encode(), compresslevel=1))
        partial.rename(path)
        return made
