"""An estimate of how long launches take, from what the compilers report, the bytes moved and a device's data sheet.

It sees issue slots, multiply-adds, local memory, the bandwidth of memory and of the last-level cache, the sectors of
uncoalesced accesses, how many work-groups are resident, the tail of the last round of work-groups, and the bytes in
flight. It does not see the latency of instructions, hits in caches, bank conflicts or clocks under load.
"""

from __future__ import annotations

import dataclasses

from gpu.assembly import Report
from gpu.devices import Device
from gpu.launches import Launch, Operation

#: Work-items of a wave that read the same word of local memory share it, and half do in these tiles.
_LOCAL_SHARING = 2
#: Loads that a work-item has in flight at a time, at most.
_LOADS_IN_FLIGHT = 8


@dataclasses.dataclass(frozen=True)
class Estimate:
    """The seconds of a launch, and of each thing that may bound it."""

    arithmetic: float
    memory: float
    cache: float
    latency: float
    overhead: float
    #: The multiply-adds that the mathematics asks for.
    useful: float
    byteCount: int

    @property
    def seconds(self) -> float:
        return max(self.arithmetic, self.memory, self.cache, self.latency) + self.overhead

    @property
    def bound(self) -> str:
        """The name of what takes longest."""
        names = ("arithmetic", "memory", "cache", "latency")
        return max(names, key=lambda name: getattr(self, name))


def usefulMultiplyAdds(launch: Launch, operation: Operation) -> float:
    """The launch's part of the operation's multiplications."""
    integers, groups = launch.integers, launch.globalSize[2] if len(launch.globalSize) > 2 else 1
    if launch.kernel == "local_convolution_correlate":
        return integers["pixels"] * integers["terms"] * integers["outputs"] * groups
    if launch.kernel == "local_convolution_gradient":
        return integers["pixels"] * integers["taps"] * integers["outputs"] * integers["groups"]
    if launch.kernel in ("depthwise_correlate", "depthwise_delta", "depthwise_gradient"):
        return operation.multiplications
    return 0


def _loopTrips(launch: Launch, report: Report, device: Device, useful: float) -> float:
    """How often a work-item goes round the hot loop."""
    if not report.multiplyAdds:
        return 0
    constants, integers = launch.constants, launch.integers
    perItem = report.multiplyAdds
    if launch.kernel == "local_convolution_correlate":
        terms = integers["terms"]
    elif launch.kernel == "local_convolution_gradient":
        terms = -(-integers["pixels"] // integers["splits"])
    else:
        return useful / perItem / launch.items
    tile = constants["TK"] * constants["WM"] * constants["WN"]
    return -(-terms // constants["TK"]) * tile / perItem


def estimate(launch: Launch, operation: Operation, report: Report, device: Device, overhead: float) -> Estimate:
    """The launch's time; `overhead` is of coalescing.overhead."""
    useful = usefulMultiplyAdds(launch, operation)
    waves = -(-launch.localSize // report.waveSize)
    resident = max(1, device.residentGroups(launch.localSize, report.waveSize, report.registers, report.localBytes))

    # The clocks of a unit for one work-group, if it is kept busy.
    trips = _loopTrips(launch, report, device, useful)
    busySimds = min(device.simds, waves * resident)
    slots = report.slots * device.slotClocks / busySimds
    adds = report.multiplyAdds * report.waveSize / (device.multiplyAddLanes * busySimds / device.simds)
    localBytes = (report.localLoadBytes / _LOCAL_SHARING + report.localStoreBytes) * report.waveSize
    local = localBytes / device.localBytesPerClock
    outside = max(0.0, report.allSlots - report.slots) * device.slotClocks / busySimds if report.hasLoop else slots
    clocks = waves * (trips * max(slots, adds, local) + outside)
    # The units that get one work-group more than others decide.
    share = -(-launch.groups // device.units)
    arithmetic = share * clocks / (device.clockGHz * 1e9)

    byteCount = launch.byteCount
    memory = byteCount / (device.bandwidthGBs * 1e9)
    cache = _cacheBytes(launch) * overhead / (device.l2GBs * 1e9)
    # Little's law: what all resident work-items have in flight.
    items = min(launch.items, resident * launch.localSize * device.units)
    width = 16 if launch.constants.get("V", launch.constants.get("VX", 1)) >= 4 else 4
    inFlight = items * width * max(1.0, min(report.globalAccesses, _LOADS_IN_FLIGHT))
    latency = _cacheBytes(launch) / inFlight * device.latencyNs * 1e-9
    return Estimate(arithmetic, memory, cache, latency, device.launchMicroseconds * 1e-6, useful, byteCount)


def _cacheBytes(launch: Launch) -> float:
    """What work-groups ask of the last-level cache: tiles of a product are read by several of them."""
    constants, integers = launch.constants, launch.integers
    if launch.kernel == "local_convolution_correlate":
        read = launch.groups * integers["terms"] * (constants["TM"] + constants["TN"]) * 4
    elif launch.kernel == "local_convolution_gradient":
        read = launch.groups * integers["pixels"] / integers["splits"] * (constants["TM"] + constants["TN"]) * 4
    else:
        return launch.byteCount
    return read + sum(buffer["byteCount"] for buffer in launch.buffers if buffer["access"] in ("write", "scratch"))
