// The bias gradient db[C]: the column sums of dy[rows, C], in two stages. The first computes partial[splits, C], the
// sums of ranges of rows; the second adds these in ascending order.
//
// Constants: NV, the vectors of channels of a work-item.

#ifdef PARSE_ONLY
#define NV 2
#endif

#include "include/sums.h"
#include "include/vector.h"

// One work-item a block of NV * V channels, which are neighbours in memory, and a range of rows, `part` of them at a
// time. The last block overlaps its neighbour.
kernel void bias_gradient(
    global const float *restrict dy, global float *restrict partial, int rows, int C, int blocks, int splits, int part)
{
  const int block = get_global_id(0);
  const int split = get_global_id(1);
  if (block >= blocks || split >= splits) return;
  const int own = block * NV * V;
  const int first = min(own, C - NV * V);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  vec total[NV];
  UNROLLED_FOR(j, NV) total[j] = (vec)(0.0f);
  for (int partBegin = begin; partBegin < end; partBegin += part) {
    vec sum[NV];
    UNROLLED_FOR(j, NV) sum[j] = (vec)(0.0f);
    for (int row = partBegin; row < min(partBegin + part, end); row++)
      UNROLLED_FOR(j, NV) sum[j] += LOAD(dy + (size_t)row * C + first + j * V);
    UNROLLED_FOR(j, NV) total[j] += sum[j];
  }
  for (int j = 0; j < NV; j++) {
    float values[V];
    STORE(total[j], values);
    for (int l = max(0, own - first - j * V); l < V; l++) partial[(size_t)split * C + first + j * V + l] = values[l];
  }
}

// One work-item V channels. The last ones overlap.
kernel void bias_gradient_sum(global const float *restrict partial, global float *restrict db, int C, int splits)
{
  const int own = get_global_id(0) * V;
  if (own >= C) return;
  const int c = min(own, C - V);
  SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(partial + (size_t)split * C + c))
  STORE(sum, db + c);
}
