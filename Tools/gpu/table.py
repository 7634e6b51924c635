"""The tables of docs/gpu.md, which stand between comments, and are written by --update and read by every run."""

from __future__ import annotations

import collections
import pathlib
import re

from gpu.check import Results
from gpu.devices import Device
from gpu.failure import Failure
from gpu.launches import Launch, Step
from gpu.model import Estimate

PATH = pathlib.Path(__file__).resolve().parents[2] / "docs" / "gpu.md"

#: The step whose kernels have a table of their own, on these devices.
_DETAILED = ("resnet50", "training", 32)
_DETAILED_DEVICES = ("sm_80", "gfx1100", "dg2")

Estimates = dict[tuple[str, str], list[tuple[Launch, int, Estimate]]]


def seconds(parts: list[tuple[Launch, int, Estimate]]) -> float:
    """The time of a step."""
    return sum(count * estimate.seconds for _, count, estimate in parts)


def peakShare(parts: list[tuple[Launch, int, Estimate]], device: Device) -> float:
    """The share of the device's peak in the launches that multiply."""
    busy = [(count, estimate) for _, count, estimate in parts if estimate.useful]
    time = sum(count * estimate.seconds for count, estimate in busy)
    return sum(count * estimate.useful for count, estimate in busy) / time / device.peakMultiplyAdds if time else 0


def committed() -> dict[tuple[str, str], str]:
    """The cells of the kernels' tables by variant and device."""
    return _cells(_region("kernels"))


def committedTimes() -> dict[tuple[str, str], float]:
    """The milliseconds of the networks' table by step and device."""
    return {key: float(cell.split(" / ")[0]) for key, cell in _cells(_region("networks")).items()}


def update(results: Results, steps: list[Step], estimates: Estimates, devices: list[Device]) -> None:
    """Writes all tables anew."""
    text = PATH.read_text()
    for name, lines in (
        ("kernels", _kernels(results, devices)), ("networks", _networks(steps, estimates, devices)),
        ("detail", _detail(estimates, devices)),
    ):
        begin, end = _markers(name)
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n{chr(10).join(lines)}\n{end}{tail}"
    PATH.write_text(text)


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: written by Tools/check-gpu-kernels --update -->", f"<!-- end of {name} -->"


def _region(name: str) -> str:
    try:
        text = PATH.read_text()
    except OSError as error:
        raise Failure(f"cannot read {PATH}: {error.strerror}") from error
    begin, end = _markers(name)
    if begin not in text or end not in text:
        raise Failure(f"{PATH} has no table between '{begin}' and '{end}'")
    return text.split(begin)[1].split(end)[0]


def _cells(region: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    titles: list[str] = []
    for line in region.splitlines():
        if not line.startswith("|"):
            titles = []
            continue
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if not titles:
            titles = cells
        elif not set(line) <= set("|-: "):
            found |= {(cells[0], title): cell for title, cell in zip(titles[1:], cells[1:]) if cell}
    return found


def _table(titles: list[str], rows: list[list[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _kernels(results: Results, devices: list[Device]) -> list[str]:
    lines = []
    for vendor in dict.fromkeys(device.vendor for device in devices):
        names = [device.name for device in devices if device.vendor == vendor]
        variants = sorted({variant for variant, device in results.rows if device in names}, key=_order)
        rows = [
            [f"`{variant}`"] + [
                results.rows[variant, name].cell if (variant, name) in results.rows else "" for name in names]
            for variant in variants]
        lines += ["", f"### {vendor}", "", *_table(["kernel", *names], rows)]
    return lines + [""]


def _order(variant: str) -> list[object]:
    """Numbers by value, so that tiles stand in the order of their sizes."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", variant)]


def _networks(steps: list[Step], estimates: Estimates, devices: list[Device]) -> list[str]:
    rows = []
    for title in dict.fromkeys(step.title for step in steps):
        row = [title]
        for device in devices:
            parts = estimates[title, device.name]
            row.append(f"{1e3 * seconds(parts):.3g} / {100 * peakShare(parts, device):.0f}")
        rows.append(row)
    return ["", *_table(["step", *(device.name for device in devices)], rows), ""]


def _detail(estimates: Estimates, devices: list[Device]) -> list[str]:
    network, mode, batch = _DETAILED
    lines = []
    for device in devices:
        if device.name not in _DETAILED_DEVICES:
            continue
        parts = estimates[f"{network}, {mode}, batch {batch}", device.name]
        sums: dict[str, list[tuple[int, Estimate]]] = collections.defaultdict(list)
        for launch, count, estimate in parts:
            sums[launch.kernel].append((count, estimate))
        total = seconds(parts)
        rows = []
        for kernel, found in sorted(sums.items(), key=lambda item: -sum(c * e.seconds for c, e in item[1])):
            time = sum(count * estimate.seconds for count, estimate in found)
            if time < 0.005 * total:
                continue
            useful = sum(count * estimate.useful for count, estimate in found)
            moved = sum(count * estimate.byteCount for count, estimate in found)
            bounds = collections.Counter[str]()
            for count, estimate in found:
                bounds[estimate.bound] += count * estimate.seconds
            rows.append([
                f"`{kernel}`", str(sum(count for count, _ in found)), f"{1e3 * time:.2f}", f"{100 * time / total:.0f}",
                f"{100 * useful / time / device.peakMultiplyAdds:.0f}" if useful else "-",
                f"{100 * moved / time / (device.bandwidthGBs * 1e9):.0f}", bounds.most_common(1)[0][0]])
        lines += ["", f"### {network}, {mode}, batch {batch}, on {device.name} ({device.product})", ""]
        lines += _table(["kernel", "launches", "ms", "% of the step", "% of peak", "% of bandwidth", "bound by"], rows)
    return lines + [""]
