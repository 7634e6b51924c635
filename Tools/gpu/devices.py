"""The devices that kernels are compiled for, and how many work-groups of a kernel one of their units holds."""

from __future__ import annotations

import dataclasses
import json
import pathlib

from gpu.failure import UsageError


@dataclasses.dataclass(frozen=True)
class Device:
    """A GPU by its data sheet; devices.json says what the fields count."""

    name: str
    vendor: str
    product: str
    subgroupSizes: list[int]
    units: int
    simds: int
    waveSize: int
    wavesPerSimd: int
    groupsPerUnit: int
    registers: int
    registerGranule: int
    localBytes: int
    localReserved: int
    multiplyAddLanes: int
    slotClocks: int
    localBytesPerClock: int
    clockGHz: float
    bandwidthGBs: float
    l2GBs: float
    latencyNs: float
    launchMicroseconds: float

    @property
    def planner(self) -> tuple[str, ...]:
        """The options of `deltacl launches` that have it plan for this device."""
        return ("--vendor", self.vendor, *(f"--subgroup-size={size}" for size in self.subgroupSizes))

    @property
    def peakMultiplyAdds(self) -> float:
        """Float32 multiply-adds in a second."""
        return self.units * self.multiplyAddLanes * self.clockGHz * 1e9

    def residentGroups(self, items: int, waveSize: int, registers: int, localBytes: int) -> int:
        """The work-groups that a unit holds at a time; 0 where it cannot hold one."""
        waves = -(-items // waveSize)
        perSimd = self.wavesPerSimd
        if self.registers and registers:
            allocated = -(-registers // self.registerGranule) * self.registerGranule
            perSimd = min(perSimd, self.registers // allocated)
        groups = min(self.groupsPerUnit, perSimd * self.simds // waves)
        if localBytes:
            groups = min(groups, self.localBytes // (localBytes + self.localReserved))
        return groups

    def occupancy(self, items: int, waveSize: int, registers: int, localBytes: int) -> float:
        """The share of the waves that a unit can hold."""
        waves = -(-items // waveSize)
        groups = self.residentGroups(items, waveSize, registers, localBytes)
        return groups * waves / (self.wavesPerSimd * self.simds)


def load() -> list[Device]:
    """All devices, in the order of the tables."""
    path = pathlib.Path(__file__).with_name("devices.json")
    return [Device(**entry) for entry in json.loads(path.read_text())["devices"]]


def named(names: list[str]) -> list[Device]:
    """The devices of some names, or all."""
    devices = load()
    known = {device.name for device in devices}
    for name in names:
        if name not in known:
            raise UsageError(f"unknown device '{name}'; there are {', '.join(device.name for device in devices)}")
    return [device for device in devices if not names or device.name in names]
