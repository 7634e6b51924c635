"""The counts of a hot loop, by hand."""

import unittest

from gpu import amd, nvidia
from gpu.assembly import Block, Instruction, hotLoop

SASS = """
.text.product:
        /*0000*/                   S2R R0, SR_TID.X ;
.L_x_0:
        /*0010*/                   LDG.E.128 R4, desc[UR4][R2.64] ;
.L_x_1:
        /*0020*/                   LDS.128 R8, [R1] ;
        /*0030*/                   FFMA R12, R8, R4, R12 ;
        /*0040*/                   FFMA R13, R9, R4, R13 ;
        /*0050*/               @P0 BRA `(.L_x_1) ;
        /*0060*/                   BAR.SYNC.DEFER_BLOCKING 0x0 ;
        /*0070*/               @P1 BRA `(.L_x_0) ;
        /*0080*/                   STG.E desc[UR4][R2.64], R12 ;
        /*0090*/                   EXIT ;
.L_x_2:
        /*00a0*/                   BRA `(.L_x_2);
"""
SAID = """ptxas info    : Compiling entry function 'product' for 'sm_80'
ptxas info    : Function properties for product
    16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 163 registers, used 1 barriers, 16896 bytes smem, 500 bytes cmem[0]
"""
GCN = """product:                                ; @product
; %bb.0:
\tv_mov_b32_e32 v1, 0
.LBB0_1:                                ; =>This Inner Loop Header: Depth=1
\tds_load_b128 v[2:5], v1
\tv_dual_fmac_f32 v6, v2, v3 :: v_dual_fmac_f32 v7, v4, v5
\tv_fma_f32 v8, v2, v3, v8
\tscratch_load_b32 v9, off, off offset:4
\ts_waitcnt lgkmcnt(0)
\ts_cbranch_scc1 .LBB0_1
; %bb.2:
\ts_endpgm
\t.amdhsa_kernel product
.Lfunc_end0:
; TotalNumVgprs: 133
; ScratchSize: 8
; LDSByteSize: 16896 bytes/workgroup (compile time only)
"""


class AssemblyTests(unittest.TestCase):
    def testInnermostLoopOfNVIDIA(self) -> None:
        report = nvidia.reports(SAID, SASS)["product"]
        self.assertEqual((report.registers, report.spillBytes, report.localBytes), (163, 20, 16896))
        self.assertEqual(report.mix, {"local-load 16": 1, "multiply-add": 2, "branch": 1})
        self.assertEqual(report.share, 0.5)

    def testPairsAndScratchOfAMD(self) -> None:
        report = amd.reports("gfx1100", GCN)["product"]
        self.assertEqual((report.registers, report.privateBytes, report.localBytes), (133, 8, 16896))
        self.assertEqual((report.multiplyAdds, report.slots, report.privateAccesses), (3, 2, 1))
        self.assertEqual(report.localLoadBytes, 16)

    def testCodeWithoutALoop(self) -> None:
        add = Instruction("FFMA", "", "multiply-add", multiplyAdds=1)
        self.assertIsNone(hotLoop([Block("a", [add], ["b"]), Block("b", [add], [], False)]))

    def testALoopWithFewMultiplyAddsIsNotHot(self) -> None:
        add = Instruction("FFMA", "", "multiply-add", multiplyAdds=1)
        self.assertIsNone(hotLoop([Block("a", [add], ["a"]), Block("b", [add] * 2)]))
