// The kernels of a convolution's delta, one phase of the stride at a time. The positions i of dx with the same
// (i + top) mod u belong to the same phase: only the kernel rows r with (i + top - r * d) mod u = 0 reach them. These
// form a kernel of their own, with which `convolution_correlate` of correlate.cl correlates the padded output delta at
// unit stride. It is rotated by 180 degrees, with its channel and kernel axes exchanged.
//
// Constants: NV, the vectors of a block.

#ifdef PARSE_ONLY
#define NV 2
#endif

#include "include/vector.h"

// Packs the rows r0 + a * rStep and columns s0 + b * sStep (a < R1, b < S1) of w[K, R, S, C], reversed, for
// `convolution_correlate`: a block of NV * V input channels is zeros in place of biases, then for each a, b, k the
// weights, and behind all blocks the checks of `convolution_pack`. One work-item a block.
kernel void convolution_delta_pack(
    global const float *restrict w, global float *restrict packed, int blocks, int blocksPerGroup, int groupKernels,
    int groupChannels, int R, int S, int r0, int rStep, int R1, int s0, int sStep, int S1)
{
  const int block = get_global_id(0);
  if (block >= blocks) return;
  const int first = block % blocksPerGroup * NV * V;
  const int k0 = block / blocksPerGroup * groupKernels;
  const int lanes = min(NV * V, groupChannels - first);
  global float *out = packed + (size_t)block * (1 + R1 * S1 * groupKernels) * NV * V;
  vec check = (vec)(0.0f);
  float tailCheck = 0.0f;
  for (int l = 0; l < NV * V; l++) *out++ = 0.0f;
  for (int a = R1 - 1; a >= 0; a--)
    for (int b = S1 - 1; b >= 0; b--)
      for (int k = 0; k < groupKernels; k++) {
        global const float *in =
            w + (((size_t)(k0 + k) * R + r0 + a * rStep) * S + s0 + b * sStep) * groupChannels + first;
        for (int j = 0; j < NV; j++, in += V, out += V) {
          if (lanes >= (j + 1) * V) {
            const vec weight = LOAD(in);
            check = fma(weight, (vec)(0.0f), check);
            STORE(weight, out);
          } else {
            for (int l = 0; l < V; l++) {
              out[l] = j * V + l < lanes ? in[l] : 0.0f;
              tailCheck = fma(out[l], 0.0f, tailCheck);
            }
          }
        }
      }
  packed[(size_t)blocks * (1 + R1 * S1 * groupKernels) * NV * V + block] = FOLD(check) + tailCheck;
}
