"""Holds what the compilers report to the rules: no errors, no spills, no private memory in loops, floors, and the
committed table."""

from __future__ import annotations

import dataclasses

from gpu import sources
from gpu.assembly import Report
from gpu.devices import Device
from gpu.launches import Launch
from gpu.model import Estimate
from gpu.scan import Outcome


@dataclasses.dataclass(frozen=True)
class Row:
    """A kernel on a device."""

    device: Device
    launch: Launch
    report: Report

    @property
    def occupancy(self) -> float:
        return self.device.occupancy(
            self.launch.localSize, self.report.waveSize, self.report.registers, self.report.localBytes)

    @property
    def cell(self) -> str:
        """Registers, occupancy and the share of multiply-adds in per cent, and what should not be."""
        share = f"{100 * self.report.share:.0f}" if self.report.multiplyAdds else "-"
        parts = [f"{self.report.registers}", f"{100 * self.occupancy:.0f}", share]
        if self.report.spillBytes:
            parts.append(f"spill {self.report.spillBytes}")
        if self.report.privateAccesses:
            parts.append(f"private {self.report.privateAccesses:.0f}")
        return " / ".join(parts)


@dataclasses.dataclass
class Results:
    """All that a run found."""

    #: By the variant of a kernel and the name of a device.
    rows: dict[tuple[str, str], Row]
    #: By launch and device.
    reports: dict[tuple[int, str], Report]
    overheads: dict[int, float]
    failures: list[str]
    estimates: dict[tuple[str, str], list[tuple[Launch, int, Estimate]]] = dataclasses.field(default_factory=dict)


def results(outcomes: list[Outcome], devices: list[Device]) -> Results:
    """Joins the outcomes and fails what breaks a rule."""
    found = Results({}, {}, {}, [])
    byName = {device.name: device for device in devices}
    for outcome in outcomes:
        found.overheads |= outcome.overheads
        constants = " ".join(f"{name}={value}" for name, value in outcome.task.constants)
        for device, error in outcome.errors.items():
            found.failures.append(f"{device}: {outcome.task.source}.cl {constants} does not compile: {error}")
        for index, launch in outcome.task.launches:
            for device, reports in outcome.reports.items():
                if launch.kernel not in reports:
                    continue
                found.reports[index, device] = reports[launch.kernel]
                row = Row(byName[device], launch, reports[launch.kernel])
                other = found.rows.get((launch.variant, device))
                if other is None or other.launch.localSize < launch.localSize:
                    found.rows[launch.variant, device] = row
    floors = {source: sources.floors(source) for source in {row.launch.source for row in found.rows.values()}}
    for (variant, device), row in found.rows.items():
        for broken in _broken(row, floors[row.launch.source]):
            found.failures.append(f"{device}: {variant}: {broken}")
    return found


def _broken(row: Row, floors: list[sources.Floor]) -> list[str]:
    report, launch = row.report, row.launch
    broken = []
    if report.spillBytes:
        broken.append(f"spills {report.spillBytes} bytes")
    if report.privateAccesses:
        broken.append(f"{report.privateAccesses:.0f} accesses to private memory in the hot loop")
    if row.occupancy == 0:
        broken.append(f"a unit of the device cannot hold a work-group of {launch.localSize}")
    for floor in floors:
        if not floor.holdsFor(launch.kernel, launch.constants, row.device.vendor):
            continue
        if floor.multiplyAdds is not None and report.share < floor.multiplyAdds - 0.005:
            broken.append(_under("multiply-adds", report.share, floor.multiplyAdds, floor.place))
        if floor.occupancy is not None and row.occupancy < floor.occupancy - 0.005:
            broken.append(_under("occupancy", row.occupancy, floor.occupancy, floor.place))
    return broken


def _under(what: str, share: float, floor: float, place: str) -> str:
    return f"{100 * share:.0f} % {what}, under the floor of {100 * floor:.0f} % ({place})"


def regressions(results_: Results, committed: dict[tuple[str, str], str]) -> list[str]:
    """What is worse than in the committed table, or missing there."""
    worse = []
    for (variant, device), row in results_.rows.items():
        before = committed.get((variant, device))
        if before is None:
            worse.append(f"{device}: {variant} is not in docs/gpu.md, which Tools/check-gpu-kernels --update writes")
        elif _isWorse(row.cell, before):
            worse.append(
                f"{device}: {variant}: {row.cell}, in docs/gpu.md {before} (registers / occupancy / multiply-adds)")
    return worse


def _isWorse(now: str, before: str) -> bool:
    def figures(cell: str) -> list[int]:
        parts = cell.split(" / ")
        named = dict(part.split(" ") for part in parts[3:])
        numbers = [-1 if part == "-" else int(part) for part in parts[:3]]
        return numbers + [int(named.get(name, 0)) for name in ("spill", "private")]

    new, old = figures(now), figures(before)
    return new[1] < old[1] or new[2] < old[2] - 1 or new[3] > old[3] or new[4] > old[4]
