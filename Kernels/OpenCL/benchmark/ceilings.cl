// Peak rates of a device for `deltacl bench ceilings`: multiply-adds, copies and launches.
//
// Constants: CHAINS, the independent accumulators of a work-item; BLOCK, the vectors that a work-item copies.

#ifdef PARSE_ONLY
#define CHAINS 12
#define BLOCK 4096
#endif

#include "include/vector.h"

// CHAINS vectors of independent multiply-adds, `steps` times. One work-item stores its V * CHAINS results' sum, so that
// nothing is left out. CHAINS covers the latency of a multiply-add.
kernel void ceiling_fma(global float *restrict y, float factor, float summand, int steps)
{
  vec chain[CHAINS];
  UNROLLED_FOR(c, CHAINS) chain[c] = (vec)(summand * (float)(c + get_global_id(0) % 7));
  for (int step = 0; step < steps; step++) {
    UNROLLED_FOR(c, CHAINS) chain[c] = fma(chain[c], (vec)(factor), (vec)(summand));
  }
  vec sum = chain[0];
  UNROLL for (int c = 1; c < CHAINS; c++) sum += chain[c];
  STORE(sum, y + get_global_id(0) * V);
}

// y = x, BLOCK neighbouring vectors a work-item.
kernel void ceiling_copy(global const float *restrict x, global float *restrict y, int vectors)
{
  const size_t begin = (size_t)get_global_id(0) * BLOCK;
  const size_t end = min(begin + BLOCK, (size_t)vectors);
  for (size_t at = begin; at < end; at++) STORE(LOAD(x + at * V), y + at * V);
}

// The least that can be launched.
kernel void ceiling_launch(global float *restrict y)
{
  if (get_global_id(0) == 0) y[0] = 1.0f;
}
