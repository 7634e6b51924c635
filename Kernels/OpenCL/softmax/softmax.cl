// Softmax over the classes of each row of x[rows, classes], and its delta. One work-item per row. Long sums are divided
// into parts of `part` classes.

#include "include/sums.h"

kernel void softmax(global const float *restrict x, global float *restrict y, int rows, int classes, int part)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  global const float *in = x + (size_t)row * classes;
  global float *out = y + (size_t)row * classes;
  float greatest = in[0];
  for (int c = 1; c < classes; c++) greatest = fmax(greatest, in[c]);
  SUM_BY_PARTS(float, sum, c, classes, part, (out[c] = exp(in[c] - greatest)))
  for (int c = 0; c < classes; c++) out[c] /= sum;
}

// dx = y * (dy - <y, dy>).
kernel void softmax_delta(
    global const float *restrict y, global const float *restrict dy, global float *restrict dx, int rows, int classes,
    int part)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const size_t first = (size_t)row * classes;
  CHAIN_BY_PARTS(float, product, sum, c, classes, part, fma(y[first + c], dy[first + c], sum))
  for (int c = 0; c < classes; c++) dx[first + c] = y[first + c] * (dy[first + c] - product);
}
