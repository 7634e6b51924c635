"""The compilers that Tools/setup --gpu-compilers installs, and how they are run."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import tempfile
from typing import Iterator

from gpu.failure import Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "gpu-compilers"
#: What is installed and wanted, a package and its version a line.
PACKAGES = pathlib.Path(__file__).with_name("packages.txt")

_SETUP = "run Tools/setup --gpu-compilers"


class CompileError(Exception):
    """A compiler refuses a kernel; the text is the first of its messages."""


@dataclasses.dataclass(frozen=True)
class Compilers:
    """Where the compilers lie."""

    folder: pathlib.Path
    clang: pathlib.Path
    clc: pathlib.Path
    deviceLibraries: pathlib.Path
    ptxas: pathlib.Path
    nvdisasm: pathlib.Path
    ocloc: pathlib.Path

    @property
    def libraries(self) -> pathlib.Path:
        return self.folder / "usr/lib/x86_64-linux-gnu"

    def run(
        self, program: pathlib.Path, arguments: list[str], source: str | None = None, folder: pathlib.Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs one of the compilers.

        Raises CompileError where it fails.
        """
        # The packages are unpacked and not installed, so that their libraries are on no path.
        environment = {
            "PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": f"{self.libraries}:{self.folder / 'usr/lib/llvm-19/lib'}"}
        done = subprocess.run(
            [program, *arguments], input=source, capture_output=True, text=True, errors="replace", env=environment,
            cwd=folder)
        if done.returncode != 0:
            lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            errors = [line for line in lines if "error" in line.lower()] or lines or [f"exit status {done.returncode}"]
            raise CompileError(f"{program.name}: {errors[0].strip()}")
        return done


def installed(folder: pathlib.Path = FOLDER) -> Compilers:
    """The compilers.

    Raises Failure where they are missing or of other versions than the table was made with.
    """
    try:
        versions = (folder / "packages.txt").read_text()
    except OSError as error:
        raise Failure(f"the GPU compilers are not installed in {folder}: {_SETUP}") from error
    wanted = PACKAGES.read_text()
    if versions != wanted:
        other = sorted(set(versions.splitlines()) - set(wanted.splitlines())) or ["one is missing"]
        raise Failure(
            f"the GPU compilers in {folder} are of other versions than Tools/gpu/packages.txt asks for ({other[0]}): "
            f"{_SETUP}")
    usr = folder / "usr"
    compilers = Compilers(
        folder=folder, clang=usr / "lib/llvm-19/bin/clang", clc=usr / "lib/clc/nvptx64--nvidiacl.bc",
        deviceLibraries=usr / "lib/x86_64-linux-gnu/amdgcn/bitcode", ptxas=folder / "nvidia/cu13/bin/ptxas",
        nvdisasm=folder / "nvidia/cu13/bin/nvdisasm", ocloc=_ocloc(folder))
    for field in dataclasses.fields(compilers):
        path = getattr(compilers, field.name)
        if not path.exists():
            raise Failure(
                f"the GPU compilers in {folder} are incomplete, {path.name} is missing: remove the folder and {_SETUP}")
    return compilers


def _ocloc(folder: pathlib.Path) -> pathlib.Path:
    found = sorted((folder / "usr/bin").glob("ocloc*"))
    return found[0] if found else folder / "usr/bin/ocloc"


def definitions(constants: dict[str, int]) -> list[str]:
    """The options of a program, as ProgramKey.swift orders them."""
    return [f"-D{name}={value}" for name, value in sorted(constants.items())]


@contextlib.contextmanager
def scratchFolder() -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory(prefix="deltacl-gpu-") as folder:
        yield pathlib.Path(folder)
