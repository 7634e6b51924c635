// The packed kernels of a convolution's forward pass, for correlate.cl.
//
// Constants: NV, the vectors of a block.

#ifdef PARSE_ONLY
#define NV 2
#endif

#include "include/vector.h"

#define LANES (NV * V)

// Packs w[K, R, S, C] and b[K] for `convolution_correlate`: a block of kernels is their biases, then for each r, s, c
// their weights; lanes beyond the group's kernels are zero. Behind all blocks lies a float for each, which is NaN where
// a weight of the block is not finite and 0 elsewhere. One work-item a block.
kernel void convolution_pack(
    global const float *restrict w, global const float *restrict b, global float *restrict packed, int blocks,
    int blocksPerGroup, int groupKernels, int taps, int hasBias)
{
  const int block = get_global_id(0);
  if (block >= blocks) return;
  const int first = block % blocksPerGroup * LANES;
  const int k0 = block / blocksPerGroup * groupKernels + first;
  const int lanes = min(LANES, groupKernels - first);
  global float *out = packed + (size_t)block * (1 + taps) * LANES;
  for (int l = 0; l < LANES; l++) out[l] = hasBias && l < lanes ? b[k0 + l] : 0.0f;
  global const float *in = w + (size_t)k0 * taps;
  vec check = (vec)(0.0f);
  int t = 0;
  // V taps of a kernel are read together: kernels often lie at distances that share few sets of a cache.
  for (; t <= taps - V; t += V)
    for (int j = 0; j < NV; j++) {
      vec block[V];
      UNROLLED_FOR(l, V) {
        block[l] = j * V + l < lanes ? LOAD(in + (size_t)(j * V + l) * taps + t) : (vec)(0.0f);
        check = fma(block[l], (vec)(0.0f), check);
      }
      TRANSPOSE(block)
      UNROLLED_FOR(i, V) STORE(block[i], out + (1 + t + i) * LANES + j * V);
    }
  float tailCheck = FOLD(check);
  for (; t < taps; t++)
    for (int l = 0; l < LANES; l++) {
      const float weight = l < lanes ? in[(size_t)l * taps + t] : 0.0f;
      tailCheck = fma(weight, 0.0f, tailCheck);
      out[(1 + t) * LANES + l] = weight;
    }
  packed[(size_t)blocks * (1 + taps) * LANES + block] = tailCheck;
}
