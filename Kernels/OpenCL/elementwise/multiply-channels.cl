// Each channel of x[rows, C] times a number of its own, and the gradient of these numbers. V is at most the channels of
// a group.

#include "include/epilogue.h"
#include "include/sums.h"
#include "include/vector.h"

// y = x * s, row by row. One work-item `group` neighbouring channels of some rows; the channels that fill no vector are
// done one by one, because x and y may be the same.
kernel void multiply_channels(
    global const float *x, global const float *restrict s, global float *y, int rows, int C, int group,
    int rowsPerItem EPILOGUE_PARAMETERS)
{
  const int first = get_global_id(0) * group, begin = get_global_id(1) * rowsPerItem;
  const int last = min(first + group, C);
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    global const float *in = x + (size_t)row * C;
    global float *out = y + (size_t)row * C;
    int c = first;
    for (; c <= last - V; c += V) STORE_RESULT(LOAD(in + c) * LOAD(s + c), out + c, y)
    for (; c < last; c++) STORE_RESULT_ELEMENT(in[c] * s[c], out + c, y)
  }
}

// partial[splits, C]: the column sums of dy * x for ranges of rows. One work-item V channels and a range, `part` rows
// at a time. The last ones start early, and store their own channels alone.
kernel void multiply_channels_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial, int rows, int C,
    int splits, int part)
{
  const int own = get_global_id(0) * V, split = get_global_id(1);
  if (own >= C || split >= splits) return;
  const int c = min(own, C - V);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  vec total = (vec)(0.0f);
  for (int partBegin = begin; partBegin < end; partBegin += part) {
    vec sum = (vec)(0.0f);
    for (int row = partBegin; row < min(partBegin + part, end); row++)
      sum = fma(LOAD(dy + (size_t)row * C + c), LOAD(x + (size_t)row * C + c), sum);
    total += sum;
  }
  float values[V];
  STORE(total, values);
  for (int l = own - c; l < V; l++) partial[(size_t)split * C + c + l] = values[l];
}

// ds[C], the sums of the ranges. One work-item V channels. The last ones start early.
kernel void multiply_channels_gradient_sum(
    global const float *restrict partial, global float *restrict ds, int C, int splits)
{
  const int own = get_global_id(0) * V;
  if (own >= C) return;
  const int c = min(own, C - V);
  SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(partial + (size_t)split * C + c))
  STORE(sum, ds + c);
}
