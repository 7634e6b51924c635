// The packed kernels of depthwise convolution: a row of C biases, then for each r, s a row of C weights.

#include "include/vector.h"

// Packs w[C, R, S] and b[C]. One work-item: V channels.
kernel void depthwise_pack(
    global const float *restrict w, global const float *restrict b, global float *restrict packed, int C, int taps,
    int hasBias)
{
  const int first = get_global_id(0) * V;
  for (int c = first; c < min(first + V, C); c++) packed[c] = hasBias ? b[c] : 0.0f;
  for (int t = 0; t < taps; t++)
    for (int c = first; c < min(first + V, C); c++) packed[(size_t)(1 + t) * C + c] = w[(size_t)c * taps + t];
}
