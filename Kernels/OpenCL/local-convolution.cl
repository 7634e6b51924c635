// Convolution for GPUs: matrix products whose factors are gathered from images while they are multiplied (implicit GEMM).
//
// A work-group computes a tile of TM x TN results. It walks the terms of their sums TK at a time: its ITEMS work-items copy
// TK x TM and TK x TN factors to local memory, and each multiplies its WM x WN part of the tile from there. While one step is
// multiplied the factors of the next are on their way to registers.
//
// Where PARTS is defined sums are long: `partSteps` steps at a time are summed up, and then these sums, because one chain of
// additions would round too much. That takes twice the registers, which short sums are spared.
//
// The factors that a work-item copies at a time are VX neighbouring channels of an image, VW neighbouring floats of the
// kernels, and it stores VY neighbouring results: 4 where the channels are multiples of 4, so that all is aligned, else 1.

#define TX (TN / WN)
#define TY (TM / WM)
#define ITEMS (TX * TY)
#if TM * TK < 4 * ITEMS || TN * TK < 4 * ITEMS
#error each work-item must have a vector of both factors to copy
#endif
// A row of a tile in local memory is longer by one vector, so that rows begin in different banks.
#define ROW_M (TM + 4)
#define ROW_N (TN + 4)

#define FETCH1(to, from) (to)[0] = *(from);
#define FETCH4(to, from)                                   \
  {                                                        \
    const float4 values_ = *(global const float4 *)(from); \
    (to)[0] = values_.x;                                   \
    (to)[1] = values_.y;                                   \
    (to)[2] = values_.z;                                   \
    (to)[3] = values_.w;                                   \
  }
#define FETCH(width) JOIN(FETCH, width)
#define ZERO(to, width) \
  _Pragma("unroll") for (int e_ = 0; e_ < (width); e_++) (to)[e_] = 0.0f;

// A number in a mixed radix: kernel row, kernel column and channel, or image, row and column.
typedef struct {
  int high, middle, low;
} Digits;

static Digits digits(int number, int middles, int lows)
{
  Digits d;
  d.low = number % lows;
  d.middle = number / lows % middles;
  d.high = number / lows / middles;
  return d;
}

static Digits advance(Digits d, int step, int middles, int lows)
{
  d.low += step;
  while (d.low >= lows) {
    d.low -= lows;
    if (++d.middle == middles) {
      d.middle = 0;
      d.high++;
    }
  }
  return d;
}

// Adds the products of TK terms to a work-item's sums: the rows 4 * (i * TY + ty) + 0...3 by the columns
// 4 * (j * TX + tx) + 0...3 of the tile.
static void multiply(
    local const float *restrict a, local const float *restrict b, int ty, int tx, float4 sum[WM][WN / 4])
{
#pragma unroll
  for (int k = 0; k < TK; k++) {
    float4 right[WN / 4];
#pragma unroll
    for (int j = 0; j < WN / 4; j++) right[j] = *(local const float4 *)(b + k * ROW_N + 4 * (j * TX + tx));
#pragma unroll
    for (int i = 0; i < WM / 4; i++) {
      const float4 left = *(local const float4 *)(a + k * ROW_M + 4 * (i * TY + ty));
#pragma unroll
      for (int j = 0; j < WN / 4; j++) {
        sum[4 * i][j] = fma((float4)(left.x), right[j], sum[4 * i][j]);
        sum[4 * i + 1][j] = fma((float4)(left.y), right[j], sum[4 * i + 1][j]);
        sum[4 * i + 2][j] = fma((float4)(left.z), right[j], sum[4 * i + 2][j]);
        sum[4 * i + 3][j] = fma((float4)(left.w), right[j], sum[4 * i + 3][j]);
      }
    }
  }
}

#ifdef PARTS
#define BEGIN_PARTS                                                  \
  float4 total[WM][WN / 4];                                                   \
  int stepsLeft = partSteps;                                                  \
  _Pragma("unroll") for (int m = 0; m < WM; m++)                              \
    _Pragma("unroll") for (int j = 0; j < WN / 4; j++) {                      \
      total[m][j] = sum[m][j];                                                \
      sum[m][j] = (float4)(0.0f);                                             \
    }
#define END_STEP                                                              \
  if (--stepsLeft == 0) {                                                     \
    _Pragma("unroll") for (int m = 0; m < WM; m++)                            \
      _Pragma("unroll") for (int j = 0; j < WN / 4; j++) {                    \
        total[m][j] += sum[m][j];                                             \
        sum[m][j] = (float4)(0.0f);                                           \
      }                                                                       \
    stepsLeft = partSteps;                                                    \
  }
#define END_PARTS                                                             \
  _Pragma("unroll") for (int m = 0; m < WM; m++)                              \
    _Pragma("unroll") for (int j = 0; j < WN / 4; j++) sum[m][j] += total[m][j];
#else
#define BEGIN_PARTS
#define END_STEP
#define END_PARTS
#endif

// Whether one of four results is not finite, perhaps because it has met padding, which is never multiplied.
#define IS_SUSPECT(values) (isPadded && isnan(fold4((values) * 0.0f)))

// Store those of four neighbouring results that are among the `count` that remain; `put4` where these are multiples of 4.
static void put1(float4 values, global float *to, int count)
{
  if (count > 0) to[0] = values.x;
  if (count > 1) to[1] = values.y;
  if (count > 2) to[2] = values.z;
  if (count > 3) to[3] = values.w;
}

static void put4(float4 values, global float *to, int count)
{
  if (count > 0) *(global float4 *)to = values;
}

#if EPILOGUE == 2
// What lies where `put1` or `put4` store; 0 elsewhere.
static float4 get1(global const float *from, int count)
{
  return (float4)(
      count > 0 ? from[0] : 0.0f, count > 1 ? from[1] : 0.0f, count > 2 ? from[2] : 0.0f, count > 3 ? from[3] : 0.0f);
}

static float4 get4(global const float *from, int count)
{
  return count > 0 ? *(global const float4 *)from : (float4)(0.0f);
}
#endif

// A correlation of x[N, H, W, C] with kernels: the forward pass, and one phase of the delta. Rows of the tile are pixels,
// columns output channels; a sum is the bias, then its terms in the order of kernel row, kernel column, channel.
//
// The weight of kernel row r, column s, channel c for output channel k lies at
// w[wFirst + r * wRow + s * wColumn + c * wChannel + k * wOutput]; OUTPUTS_INNERMOST says that wOutput is 1, else wChannel is.
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_convolution_correlate(
    global const float *restrict x, global const float *restrict w, global const float *restrict bias,
    global float *restrict y, int hasBias, int isPadded,
    // the pixels that are computed: `pixels` = N * P * Q
    int pixels, int P, int Q,
    // x, and the first cell of the first window
    int H, int W, int C, int xRow, int xColumn, int strideRows, int strideColumns, int dilationRows, int dilationColumns,
    // the kernels of a group: `terms` = R * S * channels
    int S, int channels, int terms, int outputs, int wFirst, int wRow, int wColumn, int wChannel, int wOutput, int wGroup,
    // where the pixels go in y[N, YH, YW, YC]
    int YH, int YW, int YC, int yRow, int yColumn, int yRowStep, int yColumnStep,
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
#pragma unroll
  for (int l = 0; l < X_COUNT; l++) {
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
#pragma unroll
  for (int j = 0; j < WN / 4; j++) {
    float initial[4];
    const int output = firstOutput + 4 * (j * TX + tx);
#pragma unroll
    for (int e = 0; e < 4; e++)
      initial[e] = hasBias && output + e < outputs ? bias[group * outputs + output + e] : 0.0f;
#pragma unroll
    for (int m = 0; m < WM; m++) sum[m][j] = (float4)(initial[0], initial[1], initial[2], initial[3]);
  }

  BEGIN_PARTS
  float xNext[X_COUNT][VX], wNext[W_COUNT][VW];
  const int steps = (terms + TK - 1) / TK;
  for (int step = 0; step <= steps; step++) {
    if (step < steps) {
      const int inside = step * TK + xTerm < terms;
      const int down = inside ? xAt.high * dilationRows : 0, right = inside ? xAt.middle * dilationColumns : 0;
#pragma unroll
      for (int l = 0; l < X_COUNT; l++) {
        const int i = row[l] + down, j = column[l] + right;
        if (inside && i >= 0 && i < H && j >= 0 && j < W) {
          FETCH(VX)(xNext[l], x + ((size_t)(image[l] + i) * W + j) * C + group * channels + xAt.low)
        } else {
          ZERO(xNext[l], VX)
        }
      }
      xAt = advance(xAt, TK, S, channels);
#pragma unroll
      for (int l = 0; l < W_COUNT; l++) {
#if OUTPUTS_INNERMOST
        const int output = firstOutput + wOwn, wanted = step * TK + wTerm + l * W_ROWS;
#else
        const int output = firstOutput + wOwn + l * W_ROWS, wanted = step * TK + wTerm;
#endif
        if (wanted < terms && output < outputs) {
          FETCH(VW)(wNext[l],
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
      END_STEP
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (step < steps) {
#pragma unroll
      for (int l = 0; l < X_COUNT; l++)
#pragma unroll
        for (int e = 0; e < VX; e++) a[(xTerm + e) * ROW_M + xOwn + l * X_ROWS] = xNext[l][e];
#pragma unroll
      for (int l = 0; l < W_COUNT; l++)
#pragma unroll
        for (int e = 0; e < VW; e++) {
#if OUTPUTS_INNERMOST
          b[(wTerm + l * W_ROWS) * ROW_N + wOwn + e] = wNext[l][e];
#else
          b[(wTerm + e) * ROW_N + wOwn + l * W_ROWS] = wNext[l][e];
#endif
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  END_PARTS

  int isSuspect = 0;
#pragma unroll
  for (int m = 0; m < WM; m++) {
    const int pixel = firstPixel + 4 * (m / 4 * TY + ty) + m % 4;
    if (pixel >= pixels) continue;
    const Digits d = digits(pixel, P, Q);
    global float *to = y
        + (((size_t)d.high * YH + yRow + d.middle * yRowStep) * YW + yColumn + d.low * yColumnStep) * YC
        + group * outputs;
#pragma unroll
    for (int j = 0; j < WN / 4; j++) {
      const int output = firstOutput + 4 * (j * TX + tx);
      const float4 value = sum[m][j];
      isSuspect |= IS_SUSPECT(value);
#if EPILOGUE == 2
      const float4 activatedValue = JOIN(get, VY)(activated + (to + output - y), outputs - output);
#endif
      JOIN(put, VY)(FINISH(float4, value, activatedValue), to + output, outputs - output);
    }
  }
  if (!isSuspect) return;
  // The work-item's results again, which leave out the padding.
  for (int m = 0; m < WM; m++) {
    const int pixel = firstPixel + 4 * (m / 4 * TY + ty) + m % 4;
    if (pixel >= pixels) continue;
    const Digits d = digits(pixel, P, Q);
    for (int n = 0; n < WN; n++) {
      const int output = firstOutput + 4 * (n / 4 * TX + tx) + n % 4;
      if (output >= outputs) continue;
      float total = 0.0f, error = 0.0f;
      Digits at = digits(0, S, channels);
      for (int term = 0; term < terms && !isnan(total); term++, at = advance(at, 1, S, channels)) {
        const int i = d.middle * strideRows + xRow + at.high * dilationRows;
        const int j = d.low * strideColumns + xColumn + at.middle * dilationColumns;
        if (i < 0 || i >= H || j < 0 || j >= W) continue;
        const float value = x[(((size_t)d.high * H + i) * W + j) * C + group * channels + at.low];
        ADD_EXACTLY(
            float, total, error,
            value * weights[at.high * wRow + at.middle * wColumn + (size_t)at.low * wChannel + (size_t)output * wOutput])
      }
      const float result = (hasBias ? bias[group * outputs + output] : 0.0f) + EXACT_SUM(total, error);
      global float *to = y
          + (((size_t)d.high * YH + yRow + d.middle * yRowStep) * YW + yColumn + d.low * yColumnStep) * YC
          + group * outputs + output;
      STORE_RESULT_ELEMENT(result, to, y)
    }
  }
}

// The partial sums of a gradient, partial[splits, K, R, S, C / groups], each over a range of pixels in ascending order. Rows
// of the tile are kernels, columns their taps, terms the pixels of dy[N, P, Q, K].
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_convolution_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial,
    // dy and its ranges
    int pixels, int P, int Q, int K, int splits,
    // x, and the first cell of the first window
    int H, int W, int C, int xRow, int xColumn, int strideRows, int strideColumns, int dilationRows, int dilationColumns,
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
#pragma unroll
  for (int m = 0; m < WM; m++)
#pragma unroll
    for (int j = 0; j < WN / 4; j++) sum[m][j] = (float4)(0.0f);

  BEGIN_PARTS
  float yNext[Y_COUNT][VY], xNext[X_COUNT][VX];
  const int steps = (end - begin + TK - 1) / TK;
  for (int step = 0; step <= steps; step++) {
    if (step < steps) {
#pragma unroll
      for (int l = 0; l < Y_COUNT; l++) {
        const int pixel = begin + step * TK + yTerm + l * Y_ROWS;
        if (pixel < end && firstOutput + yOwn < outputs) {
          FETCH(VY)(yNext[l], dy + (size_t)pixel * K + group * outputs + firstOutput + yOwn)
        } else {
          ZERO(yNext[l], VY)
        }
      }
#pragma unroll
      for (int l = 0; l < X_COUNT; l++) {
        const int pixel = begin + step * TK + xTerm + l * X_ROWS;
        const int i = xAt.middle * strideRows + row, j = xAt.low * strideColumns + column;
        if (pixel < end && firstTap + xOwn < taps && i >= 0 && i < H && j >= 0 && j < W) {
          FETCH(VX)(xNext[l], image + (((size_t)xAt.high * H + i) * W + j) * C)
        } else {
          ZERO(xNext[l], VX)
        }
        xAt = advance(xAt, X_ROWS, P, Q);
      }
    }
    if (step > 0) {
      multiply(a, b, ty, tx, sum);
      END_STEP
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (step < steps) {
#pragma unroll
      for (int l = 0; l < Y_COUNT; l++)
#pragma unroll
        for (int e = 0; e < VY; e++) a[(yTerm + l * Y_ROWS) * ROW_M + yOwn + e] = yNext[l][e];
#pragma unroll
      for (int l = 0; l < X_COUNT; l++)
#pragma unroll
        for (int e = 0; e < VX; e++) b[(xTerm + l * X_ROWS) * ROW_N + xOwn + e] = xNext[l][e];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  END_PARTS

  int isSuspect = 0;
#pragma unroll
  for (int m = 0; m < WM; m++) {
    const int output = firstOutput + 4 * (m / 4 * TY + ty) + m % 4;
    if (output >= outputs) continue;
    global float *to = partial + ((size_t)(split * groups + group) * outputs + output) * taps;
#pragma unroll
    for (int j = 0; j < WN / 4; j++) {
      const int first = firstTap + 4 * (j * TX + tx);
      JOIN(put, VX)(sum[m][j], to + first, taps - first);
      isSuspect |= IS_SUSPECT(sum[m][j]);
    }
  }
  if (!isSuspect) return;
  // The work-item's sums again, which leave out the padding.
  for (int m = 0; m < WM; m++)
    for (int n = 0; n < WN; n++) {
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
        ADD_EXACTLY(float, total, error, value * dy[(size_t)pixel * K + group * outputs + output])
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
