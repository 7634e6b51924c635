// Convolution for GPUs: the forward pass and each phase of the delta, as an implicit GEMM; implicit-gemm.h has the tile
// and its constants.
//
// More constants: OUTPUTS_INNERMOST if neighbouring weights belong to neighbouring output channels, as in a delta;
// EPILOGUE.
//
// What the compilers must make of it at least (docs/gpu.md):
// gpu-floor: local_convolution_correlate WM=8 WN=8 on NVIDIA: multiply-adds 74 %, occupancy 12 %
// gpu-floor: local_convolution_correlate WM=8 WN=4 on NVIDIA: multiply-adds 58 %, occupancy 12 %
// gpu-floor: local_convolution_correlate WM=4 WN=4 on NVIDIA: multiply-adds 40 %, occupancy 12 %
// gpu-floor: local_convolution_correlate WM=8 WN=8 on AMD: multiply-adds 65 %, occupancy 25 %
// gpu-floor: local_convolution_correlate WM=8 WN=4 on AMD: multiply-adds 50 %, occupancy 50 %
// gpu-floor: local_convolution_correlate WM=4 WN=4 on AMD: multiply-adds 32 %, occupancy 20 %
// gpu-floor: local_convolution_correlate on Intel: multiply-adds 25 %, occupancy 50 %

#include "convolution/implicit-gemm.h"

// A correlation of x[N, H, W, C] with kernels: the forward pass, and one phase of the delta. Rows of the tile are
// pixels, columns output channels; a sum is its terms in the order of kernel row, kernel column, channel, then the
// bias.
//
// The weight of kernel row r, column s, channel c for output channel k lies at
// w[wFirst + r * wRow + s * wColumn + c * wChannel + k * wOutput]; OUTPUTS_INNERMOST says that wOutput is 1, else
// wChannel is.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) SUB_GROUP_SIZE kernel void local_convolution_correlate(
    global const float *restrict x, global const float *restrict w, global const float *restrict bias,
    global float *restrict y, int hasBias, int isPadded,
    // the pixels that are computed: `pixels` = N * P * Q
    int pixels, int P, int Q,
    // x, and the first cell of the first window
    int H, int W, int C, int xGroup, int xRow, int xColumn, int strideRows, int strideColumns, int dilationRows,
    int dilationColumns,
    // the kernels of a group: `terms` = R * S * channels
    int S, int channels, int terms, int outputs, int wFirst, int wRow, int wColumn, int wChannel, int wOutput,
    int wGroup,
    // where the pixels go in y[N, YH, YW, YC]
    int YH, int YW, int YC, int yGroup, int yRow, int yColumn, int yRowStep, int yColumnStep,
    int partSteps EPILOGUE_PARAMETERS)
{
  local float a[TK * ROW_M] __attribute__((aligned(16)));
  local float b[TK * ROW_N] __attribute__((aligned(16)));
  const int item = get_local_id(0);
  const int group = get_group_id(2);
  const int firstPixel = get_group_id(1) * TM, firstOutput = get_group_id(0) * TN;

  // Neighbouring work-items copy neighbouring channels: TK / VX of them a pixel.
  enum { X_LANES = TK / VX, X_ROWS = ITEMS / X_LANES, X_COUNT = TM / X_ROWS };
  const int xTerm = item % X_LANES * VX, xOwn = item / X_LANES;
  int image[X_COUNT], row[X_COUNT], column[X_COUNT];
  UNROLLED_FOR(l, X_COUNT) {
    const int pixel = firstPixel + xOwn + l * X_ROWS;
    const Digits d = digits(min(pixel, pixels - 1), P, Q);
    image[l] = d.high * H;
    // No kernel row takes a pixel beyond the last one into the image.
    row[l] = pixel < pixels ? d.middle * strideRows + xRow : INT_MIN;
    column[l] = d.low * strideColumns + xColumn;
  }
  Digits xAt = digits(xTerm, S, channels);

#if OUTPUTS_INNERMOST
  enum { W_LANES = TN / VW, W_ROWS = ITEMS / W_LANES, W_COUNT = TK / W_ROWS };
  const int wOwn = item % W_LANES * VW, wTerm = item / W_LANES;
#else
  enum { W_LANES = TK / VW, W_ROWS = ITEMS / W_LANES, W_COUNT = TN / W_ROWS };
  const int wOwn = item / W_LANES, wTerm = item % W_LANES * VW;
#endif
  Digits wAt = digits(wTerm, S, channels);
  global const float *weights = w + wFirst + group * wGroup;

  float4 sum[WM][WN / 4];
  const int ty = item / TX, tx = item % TX;
  UNROLLED_FOR(m, WM)
    UNROLLED_FOR(j, WN / 4) sum[m][j] = (float4)(0.0f);

  BEGIN_PARTS(float4, total, WM * WN / 4, stepsLeft, partSteps)
#ifdef PARTS
  // Small products would be rounded at the size of the bias.
  UNROLLED_FOR(m, WM)
    UNROLLED_FOR(j, WN / 4) {
      total[m * WN / 4 + j] = sum[m][j];
      sum[m][j] = (float4)(0.0f);
    }
#endif
  float xNext[X_COUNT][VX], wNext[W_COUNT][VW];
  const int steps = (terms + TK - 1) / TK;
  for (int step = 0; step <= steps; step++) {
    if (step < steps) {
      const int inside = step * TK + xTerm < terms;
      const int down = inside ? xAt.high * dilationRows : 0, right = inside ? xAt.middle * dilationColumns : 0;
      UNROLLED_FOR(l, X_COUNT) {
        const int i = row[l] + down, j = column[l] + right;
        if (inside && i >= 0 && i < H && j >= 0 && j < W) {
          FETCH(VX, xNext[l], x + ((size_t)(image[l] + i) * W + j) * C + group * xGroup + xAt.low)
        } else {
          ZERO(xNext[l], VX)
        }
      }
      xAt = advance(xAt, TK, S, channels);
      UNROLLED_FOR(l, W_COUNT) {
#if OUTPUTS_INNERMOST
        const int output = firstOutput + wOwn, wanted = step * TK + wTerm + l * W_ROWS;
#else
        const int output = firstOutput + wOwn + l * W_ROWS, wanted = step * TK + wTerm;
#endif
        if (wanted < terms && output < outputs) {
          FETCH(
              VW, wNext[l],
              weights + wAt.high * wRow + wAt.middle * wColumn + (size_t)wAt.low * wChannel + (size_t)output * wOutput)
        } else {
          ZERO(wNext[l], VW)
        }
#if OUTPUTS_INNERMOST
        wAt = advance(wAt, W_ROWS, S, channels);
#endif
      }
#if !OUTPUTS_INNERMOST
      wAt = advance(wAt, TK, S, channels);
#endif
    }
    if (step > 0) {
      multiply(a, b, ty, tx, sum);
      END_PART(float4, &sum[0][0], total, WM * WN / 4, stepsLeft, partSteps)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (step < steps) {
      UNROLLED_FOR(l, X_COUNT)
        UNROLLED_FOR(e, VX) a[(xTerm + e) * ROW_M + xOwn + l * X_ROWS] = xNext[l][e];
      UNROLLED_FOR(l, W_COUNT)
        UNROLLED_FOR(e, VW) {
#if OUTPUTS_INNERMOST
          b[(wTerm + l * W_ROWS) * ROW_N + wOwn + e] = wNext[l][e];
#else
          b[(wTerm + e) * ROW_N + wOwn + l * W_ROWS] = wNext[l][e];
#endif
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  END_PARTS(&sum[0][0], total, WM * WN / 4)

  // Small products would be rounded at the size of a large bias: it is added last.
  float4 added[WN / 4];
  UNROLLED_FOR(j, WN / 4) {
    float biases[4];
    const int output = firstOutput + 4 * (j * TX + tx);
    UNROLLED_FOR(e, 4) biases[e] = hasBias && output + e < outputs ? bias[group * outputs + output + e] : 0.0f;
    added[j] = (float4)(biases[0], biases[1], biases[2], biases[3]);
  }

  int isSuspect = 0;
  UNROLLED_FOR(m, WM) {
    const int pixel = firstPixel + 4 * (m / 4 * TY + ty) + m % 4;
    if (pixel >= pixels) continue;
    const Digits d = digits(pixel, P, Q);
    global float *to = y
                       + (((size_t)d.high * YH + yRow + d.middle * yRowStep) * YW + yColumn + d.low * yColumnStep) * YC
                       + group * yGroup;
    UNROLLED_FOR(j, WN / 4) {
      const int output = firstOutput + 4 * (j * TX + tx);
      const float4 value = sum[m][j] + added[j];
      isSuspect |= IS_SUSPECT(value);
#if EPILOGUE == 2
      const float4 activatedValue = JOIN(get, VY)(activated + (to + output - y), outputs - output);
#endif
      JOIN(put, VY)(FINISH(float4, value, activatedValue), to + output, outputs - output);
    }
  }
  if (!isSuspect) return;
  // The work-item's results again, which leave out the padding. Unrolled, these loops would have Intel's compiler leave
  // `sum` in memory.
  ROLLED_FOR(m, WM) {
    const int pixel = firstPixel + 4 * (m / 4 * TY + ty) + m % 4;
    if (pixel >= pixels) continue;
    const Digits d = digits(pixel, P, Q);
    ROLLED_FOR(n, WN) {
      const int output = firstOutput + 4 * (n / 4 * TX + tx) + n % 4;
      if (output >= outputs) continue;
      float total = 0.0f, error = 0.0f;
      Digits at = digits(0, S, channels);
      for (int term = 0; term < terms && !isnan(total); term++, at = advance(at, 1, S, channels)) {
        const int i = d.middle * strideRows + xRow + at.high * dilationRows;
        const int j = d.low * strideColumns + xColumn + at.middle * dilationColumns;
        if (i < 0 || i >= H || j < 0 || j >= W) continue;
        const float value = x[(((size_t)d.high * H + i) * W + j) * C + group * xGroup + at.low];
        const float product =
            value
            * weights[at.high * wRow + at.middle * wColumn + (size_t)at.low * wChannel + (size_t)output * wOutput];
        ADD_EXACTLY(float, total, error, product)
      }
      const float result = (hasBias ? bias[group * outputs + output] : 0.0f) + EXACT_SUM(total, error);
      global float *to =
          y + (((size_t)d.high * YH + yRow + d.middle * yRowStep) * YW + yColumn + d.low * yColumnStep) * YC
          + group * yGroup + output;
      STORE_RESULT_ELEMENT(result, to, y)
    }
  }
}
