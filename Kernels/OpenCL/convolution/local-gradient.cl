// The gradient of a convolution's kernels for GPUs, as an implicit GEMM with split-K; implicit-gemm.h has the tile and
// its constants.
//
// What the compilers must make of it at least (docs/gpu.md):
// gpu-floor: local_convolution_gradient WM=8 WN=8 on NVIDIA: multiply-adds 76 %, occupancy 12 %
// gpu-floor: local_convolution_gradient WM=8 WN=4 on NVIDIA: multiply-adds 72 %, occupancy 12 %
// gpu-floor: local_convolution_gradient WM=4 WN=4 on NVIDIA: multiply-adds 33 %, occupancy 20 %
// gpu-floor: local_convolution_gradient WM=8 WN=8 on AMD: multiply-adds 68 %, occupancy 25 %
// gpu-floor: local_convolution_gradient WM=8 WN=4 on AMD: multiply-adds 64 %, occupancy 50 %
// gpu-floor: local_convolution_gradient WM=4 WN=4 on AMD: multiply-adds 27 %, occupancy 20 %
// gpu-floor: local_convolution_gradient on Intel: multiply-adds 22 %, occupancy 50 %

#include "convolution/implicit-gemm.h"

// The partial sums of a gradient, partial[splits, K, R, S, C / groups], each over a range of pixels in ascending order.
// Rows of the tile are kernels, columns their taps, terms the pixels of dy[N, P, Q, K].
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) SUB_GROUP_SIZE kernel void local_convolution_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial,
    // dy and its ranges
    int pixels, int P, int Q, int K, int splits,
    // x, and the first cell of the first window
    int H, int W, int C, int xRow, int xColumn, int strideRows, int strideColumns, int dilationRows,
    int dilationColumns,
    // the kernels of a group: `taps` = R * S * channels
    int groups, int S, int channels, int taps, int outputs, int isPadded, int partSteps)
{
  local float a[TK * ROW_M] __attribute__((aligned(16)));
  local float b[TK * ROW_N] __attribute__((aligned(16)));
  const int item = get_local_id(0);
  const int group = get_group_id(2) % groups, split = get_group_id(2) / groups;
  const int firstOutput = get_group_id(1) * TM, firstTap = get_group_id(0) * TN;
  const int begin = (long)pixels * split / splits, end = (long)pixels * (split + 1) / splits;

  enum { Y_LANES = TM / VY, Y_ROWS = ITEMS / Y_LANES, Y_COUNT = TK / Y_ROWS };
  const int yOwn = item % Y_LANES * VY, yTerm = item / Y_LANES;

  enum { X_LANES = TN / VX, X_ROWS = ITEMS / X_LANES, X_COUNT = TK / X_ROWS };
  const int xOwn = item % X_LANES * VX, xTerm = item / X_LANES;
  const Digits tap = digits(min(firstTap + xOwn, taps - VX), S, channels);
  const int row = tap.high * dilationRows + xRow, column = tap.middle * dilationColumns + xColumn;
  global const float *image = x + group * channels + tap.low;
  Digits xAt = digits(begin + xTerm, P, Q);

  float4 sum[WM][WN / 4];
  const int ty = item / TX, tx = item % TX;
  UNROLLED_FOR(m, WM)
    UNROLLED_FOR(j, WN / 4) sum[m][j] = (float4)(0.0f);

  BEGIN_PARTS(float4, total, WM * WN / 4, stepsLeft, partSteps)
  float yNext[Y_COUNT][VY], xNext[X_COUNT][VX];
  const int steps = (end - begin + TK - 1) / TK;
  for (int step = 0; step <= steps; step++) {
    if (step < steps) {
      UNROLLED_FOR(l, Y_COUNT) {
        const int pixel = begin + step * TK + yTerm + l * Y_ROWS;
        if (pixel < end && firstOutput + yOwn < outputs) {
          FETCH(VY, yNext[l], dy + (size_t)pixel * K + group * outputs + firstOutput + yOwn)
        } else {
          ZERO(yNext[l], VY)
        }
      }
      UNROLLED_FOR(l, X_COUNT) {
        const int pixel = begin + step * TK + xTerm + l * X_ROWS;
        const int i = xAt.middle * strideRows + row, j = xAt.low * strideColumns + column;
        if (pixel < end && firstTap + xOwn < taps && i >= 0 && i < H && j >= 0 && j < W) {
          FETCH(VX, xNext[l], image + (((size_t)xAt.high * H + i) * W + j) * C)
        } else {
          ZERO(xNext[l], VX)
        }
        xAt = advance(xAt, X_ROWS, P, Q);
      }
    }
    if (step > 0) {
      multiply(a, b, ty, tx, sum);
      END_PART(float4, &sum[0][0], total, WM * WN / 4, stepsLeft, partSteps)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (step < steps) {
      UNROLLED_FOR(l, Y_COUNT)
        UNROLLED_FOR(e, VY) a[(yTerm + l * Y_ROWS) * ROW_M + yOwn + e] = yNext[l][e];
      UNROLLED_FOR(l, X_COUNT)
        UNROLLED_FOR(e, VX) b[(xTerm + l * X_ROWS) * ROW_N + xOwn + e] = xNext[l][e];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  END_PARTS(&sum[0][0], total, WM * WN / 4)

  int isSuspect = 0;
  UNROLLED_FOR(m, WM) {
    const int output = firstOutput + 4 * (m / 4 * TY + ty) + m % 4;
    if (output >= outputs) continue;
    global float *to = partial + ((size_t)(split * groups + group) * outputs + output) * taps;
    UNROLLED_FOR(j, WN / 4) {
      const int first = firstTap + 4 * (j * TX + tx);
      JOIN(put, VX)(sum[m][j], to + first, taps - first);
      isSuspect |= IS_SUSPECT(sum[m][j]);
    }
  }
  if (!isSuspect) return;
  // The work-item's sums again, which leave out the padding. Unrolled, these loops would have Intel's compiler leave
  // `sum` in memory.
  ROLLED_FOR(m, WM)
    ROLLED_FOR(n, WN) {
      const int output = firstOutput + 4 * (m / 4 * TY + ty) + m % 4, number = firstTap + 4 * (n / 4 * TX + tx) + n % 4;
      if (output >= outputs || number >= taps) continue;
      const Digits at = digits(number, S, channels);
      float total = 0.0f, error = 0.0f;
      for (int pixel = begin; pixel < end && !isnan(total); pixel++) {
        const Digits d = digits(pixel, P, Q);
        const int i = d.middle * strideRows + at.high * dilationRows + xRow;
        const int j = d.low * strideColumns + at.middle * dilationColumns + xColumn;
        if (i < 0 || i >= H || j < 0 || j >= W) continue;
        const float value = x[(((size_t)d.high * H + i) * W + j) * C + group * channels + at.low];
        const float product = value * dy[(size_t)pixel * K + group * outputs + output];
        ADD_EXACTLY(float, total, error, product)
      }
      partial[((size_t)(split * groups + group) * outputs + output) * taps + number] = EXACT_SUM(total, error);
    }
}

// dw[count], the partial sums of each element in ascending order. One work-item an element.
kernel void local_convolution_gradient_sum(
    global const float *restrict partial, global float *restrict dw, int count, int splits)
{
  const int i = get_global_id(0);
  if (i >= count) return;
  SUM_BY_PARTS(float, sum, split, splits, LAST_STAGE_PART, partial[(size_t)split * count + i])
  dw[i] = sum;
}
