// The last stage of the kernel gradient of depthwise convolution.

#include "include/sums.h"
#include "include/vector.h"

// dw[C, R, S] from the partial sums. One work-item: V lanes, which belong to channel `own` and up.
kernel void depthwise_gradient_sum(
    global const float *restrict partial, global float *restrict dw, int C, int taps, int splits, int lanes)
{
  const int own = get_global_id(0) * V;
  if (own >= lanes) return;
  const int c = min(own, C - V);
  for (int t = 0; t < taps; t++) {
    SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(partial + ((size_t)split * taps + t) * lanes + own))
    float values[V];
    STORE(sum, values);
    for (int l = own - c; l < V; l++) dw[(size_t)(c + l) * taps + t] = values[l];
  }
}
