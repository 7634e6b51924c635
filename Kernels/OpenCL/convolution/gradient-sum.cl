// The last stage of the kernel gradient: the sum of the sums of gradient.cl's ranges.
//
// Constants: NV, the vectors of a block of kernels.

#ifdef PARSE_ONLY
#define NV 2
#endif

#include "include/sums.h"
#include "include/vector.h"

// dw, of `count` elements, from the sums of the ranges. One work-item `perItem` elements.
kernel void convolution_gradient_taps_sum(
    global const float *restrict sums, global float *restrict dw, int count, int splits, int perItem)
{
  const int begin = get_global_id(0) * perItem;
  const int end = min(begin + perItem, count);
  int i = begin;
  for (; i + V <= end; i += V) {
    SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(sums + (size_t)split * count + i))
    STORE(sum, dw + i);
  }
  for (; i < end; i++) {
    SUM_BY_PARTS(float, sum, split, splits, LAST_STAGE_PART, sums[(size_t)split * count + i])
    dw[i] = sum;
  }
}

// dw[K, R, S, C] from the partial sums. One work-item a block and line of taps.
kernel void convolution_gradient_kernels_sum(
    global const float *restrict partial, global float *restrict dw, int groupKernels, int blocksPerGroup, int blocks,
    int lines, int runLength, int splits)
{
  const int line = get_global_id(0);
  const int block = get_global_id(1);
  if (line >= lines || block >= blocks) return;
  const int own = block % blocksPerGroup * NV * V;
  const int first = min(own, groupKernels - NV * V);
  const int taps = lines * runLength;
  global float *out = dw + (size_t)(block / blocksPerGroup * groupKernels + first) * taps + line * runLength;
  for (int i = 0; i < runLength; i++) {
    global const float *in = partial + ((size_t)block * taps + line * runLength + i) * NV * V;
    for (int j = 0; j < NV; j++) {
      SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(in + (size_t)split * blocks * taps * NV * V + j * V))
      float values[V];
      STORE(sum, values);
      for (int l = max(0, own - first - j * V); l < V; l++) out[(size_t)(j * V + l) * taps + i] = values[l];
    }
  }
}
