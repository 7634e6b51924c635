"""Occupancy and coalescing, by hand."""

import unittest

from gpu import coalescing, devices
from gpu.launches import Launch

PTX = """
.visible .entry row(
\t.param .u64 .ptr .global .align 4 row_param_0,
\t.param .u32 row_param_1
)
{
\tld.param.u64 \t%rd1, [row_param_0];
\tld.param.u32 \t%r2, [row_param_1];
\tmov.u32 \t%r1, %tid.x;
\tmul.lo.s32 \t%r3, %r1, %r2;
\tmul.wide.s32 \t%rd2, %r3, 4;
\tadd.s64 \t%rd3, %rd1, %rd2;
\tld.global.f32 \t%f1, [%rd3];
\tst.global.v4.f32 \t[%rd1+16], {%f1, %f1, %f1, %f1};
\tret;
}
"""


def launch(step: int) -> Launch:
    return Launch(
        planner=(), kernel="row", source="", constants={}, definitions="", globalSize=[64], localSize=64, parameters=["x", "step"],
        integers={"step": step}, buffers=[])


class ModelTests(unittest.TestCase):
    def testOccupancyByRegisters(self) -> None:
        device = devices.named(["sm_80"])[0]
        # 163 registers are 168, of which a quarter of an SM has three warps: one work-group of eight.
        self.assertEqual(device.occupancy(256, 32, 163, 16896), 0.125)
        self.assertEqual(device.occupancy(256, 32, 128, 16896), 0.25)
        # A SIMD of gfx1030 holds seven waves of 136 registers, one of gfx1100 ten of 144; a work-group has eight waves.
        self.assertEqual(devices.named(["gfx1030"])[0].residentGroups(256, 32, 133, 16896), 3)
        self.assertEqual(devices.named(["gfx1100"])[0].residentGroups(256, 32, 133, 16896), 5)

    def testOccupancyByLocalMemory(self) -> None:
        device = devices.named(["sm_75"])[0]
        self.assertEqual(device.residentGroups(64, 32, 32, 20000), 3)
        self.assertEqual(device.residentGroups(64, 32, 32, 70000), 0)

    def testSectors(self) -> None:
        # Neighbours in memory: four sectors for 128 bytes. All store to the same 16 bytes, in one sector.
        self.assertEqual([(a.wanted, a.moved) for a in coalescing.accesses(PTX, launch(1))], [(128, 128), (32, 32)])
        # 256 bytes apart: a sector each.
        self.assertEqual([(a.wanted, a.moved) for a in coalescing.accesses(PTX, launch(64))], [(128, 1024), (32, 32)])
        self.assertEqual(coalescing.overhead(PTX, launch(64)), (1024 + 32) / (128 + 32))
