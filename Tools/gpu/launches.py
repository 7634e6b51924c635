"""What is launched: the output of `deltacl launches`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import subprocess
from typing import Any

from gpu.failure import Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Launch:
    """A kernel launch; LaunchDescription.swift says what the fields are."""

    #: Device.planner of the devices that it is for.
    planner: tuple[str, ...]
    kernel: str
    source: str
    constants: dict[str, int]
    #: Macros that stand in front of the source.
    definitions: str
    globalSize: list[int]
    localSize: int
    parameters: list[str]
    integers: dict[str, int]
    buffers: list[dict[str, Any]]

    @property
    def variant(self) -> str:
        """The kernel with its constants; one text for each machine code. A constant of 1 is the plain case and left out
        but where it tells programs apart."""
        return " ".join([self.kernel] + [f"{name}={value}" for name, value in sorted(self.constants.items())]
            + ([hashlib.sha256(self.definitions.encode()).hexdigest()[:8]] if self.definitions else []))

    @property
    def items(self) -> int:
        count = 1
        for size in self.globalSize:
            count *= size
        return count

    @property
    def groups(self) -> int:
        return self.items // self.localSize

    @property
    def byteCount(self) -> int:
        """The bytes that must move at least: each buffer once, twice where it is updated."""
        return sum(buffer["byteCount"] * (2 if buffer["access"] == "update" else 1) for buffer in self.buffers)


@dataclasses.dataclass(frozen=True)
class Operation:
    operation: str
    shapes: str
    multiplications: int
    launches: list[int]
    count: int


@dataclasses.dataclass(frozen=True)
class Step:
    planner: tuple[str, ...]
    network: str
    mode: str
    batch: int
    operations: list[Operation]

    @property
    def title(self) -> str:
        return f"{self.network}, {self.mode}, batch {self.batch}"


def load(
    binary: str | None, planners: list[tuple[str, ...]], arguments: list[str]
) -> tuple[list[Launch], list[Step]]:
    """Asks `deltacl launches` for each planner's; the command is built where no binary is given."""
    if binary is None:
        _run(["swift", "build", "--package-path", str(ROOT), "--product", "deltacl"])
        binary = str(ROOT / ".build" / "debug" / "deltacl")
    launches: list[Launch] = []
    steps: list[Step] = []
    for planner in planners:
        text = _run([binary, "launches", *planner, *arguments])
        first = len(launches)
        try:
            table = json.loads(text)
            launches += [Launch(planner=planner, **entry) for entry in table["launches"]]
            for step in table["steps"]:
                operations = [Operation(**operation) for operation in step["operations"]]
                for operation in operations:
                    operation.launches[:] = [first + index for index in operation.launches]
                steps.append(Step(planner=planner, **{**step, "operations": operations}))
        except (ValueError, TypeError, KeyError) as error:
            raise Failure(f"{binary} is of another version than this tool ({error}): build it again") from error
    return launches, steps


def _run(command: list[str]) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}: build deltacl first, or name it with --deltacl") from error
    except subprocess.CalledProcessError as error:
        lines = (error.stderr + error.stdout).strip().splitlines() or [f"exit status {error.returncode}"]
        reason = next((line for line in lines if "error:" in line), lines[-1])
        raise Failure(f"'{' '.join(command)}' failed: {reason}") from error
