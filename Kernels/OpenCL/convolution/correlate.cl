// Convolution as a correlation of a padded input with packed kernels: y[N, P, Q, K] from x[N, H, W, C] and w[K, R, S,
// C]. The delta of the input is the same correlation of the padded output delta with rotated kernels, once per phase of
// the stride; see delta-pack.cl.
//
// A block of kernels is LANES = NV * V of them, which a work-item computes together. A kernel row is read as `runs`
// runs of `runLength` neighbouring floats: without dilation and groups the S x C values below it are one run, otherwise
// each kernel column is a run of its own.
//
// Constants: TILE x NV, the register tile: pixels (or images) by vectors of output channels; X_STEP, the floats between
// two neighbouring pixels of a tile; PARTS for long sums; EPILOGUE.

#ifdef PARSE_ONLY
#define NV 2
#define TILE 12
#define X_STEP 64
#endif

#include "include/epilogue.h"
#include "include/prefetch.h"
#include "include/register-tile.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"

#define LANES (NV * V)

// Adds to sum[TILE][NV] the products of `count` neighbouring floats of TILE pixels from `xp` with the weights from
// `wp`, and advances both. Long runs also prefetch the pixels at `next`, which begin where the hardware prefetcher does
// not expect them.
#define ADD_RUN(sum, xp, wp, count, next)                   \
  {                                                         \
    if ((count) >= 64)                                      \
      ADD_TERMS(sum, xp, wp, count, next, PREFETCH_PIXELS)  \
    else                                                    \
      ADD_TERMS(sum, xp, wp, count, next, PREFETCH_NOTHING) \
  }
#define ADD_TERMS(sum, xp, wp, count, next, PREFETCH_TERM)                               \
  for (int i_ = 0; i_ < (count); i_++, xp++, wp += LANES) {                              \
    PREFETCH_TERM(next, i_)                                                              \
    ADD_OUTER_PRODUCT(sum, TILE, m_, xp[m_ * (size_t)X_STEP], NV, j_, LOAD(wp + j_ * V)) \
  }
#define PREFETCH_PIXELS(next, i) \
  if ((i) % 16 == 0)             \
    UNROLLED_FOR(m_, TILE) PREFETCH((next) + m_ * (size_t)X_STEP + (i));
#define PREFETCH_NOTHING(next, i)

// Long sums are divided (PARTS): a part is `part` floats of a run, or `partRuns` whole runs. The sums of the parts are
// added to `totals`, which begin with the bias. They must not take registers from the loop over the terms: an index
// that is unknown to the compiler, though always 0, leaves them in memory, where they stay in the L1 cache.
#define TOTAL(m, j) totals[slot + (m)*NV + (j)]
#define BEGIN_TOTALS(bias)     \
  vec totals[TILE * NV];       \
  const int slot = part >> 30; \
  UNROLLED_FOR(m, TILE)        \
    UNROLLED_FOR(j, NV) TOTAL(m, j) = LOAD((bias) + j * V);
#define ADD_TO_TOTALS(sum) \
  UNROLLED_FOR(m, TILE)    \
    UNROLLED_FOR(j, NV) TOTAL(m, j) += sum[m][j];

// Stores the `lanes` lanes of a pixel's sums that belong to kernels of the group.
#if PARTS
#define SUM(m, j) TOTAL(m, j)
#else
// Small products would be rounded at the size of a large bias: it is added last.
#define SUM(m, j) (sum[m][j] + LOAD(weights + (j)*V))
#endif
#define STORE_PIXEL(SUM, m, pixel, lanes, y)                                                        \
  UNROLLED_FOR(j, NV) {                                                                             \
    if (lanes >= (j + 1) * V) {                                                                     \
      STORE_RESULT(SUM(m, j), pixel + j * V, y)                                                     \
    } else {                                                                                        \
      float values[V];                                                                              \
      STORE(SUM(m, j), values);                                                                     \
      for (int l = 0; l < lanes - j * V; l++) STORE_RESULT_ELEMENT(values[l], pixel + j * V + l, y) \
    }                                                                                               \
  }

#define SUM_INSIDE(m, j) sum[j]

// The pixels from `begin` to `end` of a row for a block of which a weight is not finite, whose product with a zero of
// the padding would be NaN: the taps in the padding are left out. `in` is where the row's first window begins in the
// image.
static void correlate_inside(
    global const float *restrict image, global const float *restrict weights, global float *restrict y, long in,
    // the rows and columns of the padded image that are not padding
    int insideRow, int insideRows, int insideColumn, int insideColumns, int XW, int XC, int R, int runs, int runLength,
    int rowStep, int runStep, global float *out, size_t pixelStep, int begin, int end, int lanes EPILOGUE_PARAMETERS)
{
  for (int q = begin; q < end; q++) {
    vec sum[NV], error[NV];
    for (int j = 0; j < NV; j++) sum[j] = error[j] = (vec)(0.0f);
    global const float *wp = weights + LANES;
    for (int r = 0; r < R; r++)
      for (int run = 0; run < runs; run++)
        for (int i = 0; i < runLength; i++, wp += LANES) {
          const long at = in + (long)q * X_STEP + (long)r * rowStep + run * runStep + i;
          const int row = at / ((long)XW * XC) - insideRow, column = at / XC % XW - insideColumn;
          if (row < 0 || row >= insideRows || column < 0 || column >= insideColumns) continue;
          for (int j = 0; j < NV; j++) ADD_EXACTLY(vec, sum[j], error[j], image[at] * LOAD(wp + j * V))
        }
    for (int j = 0; j < NV; j++) sum[j] = LOAD(weights + j * V) + EXACT_SUM(sum[j], error[j]);
    global float *pixel = out + q * pixelStep;
    STORE_PIXEL(SUM_INSIDE, 0, pixel, lanes, y)
  }
}

// One work-item: `tiles` tiles of TILE pixels of one output row, by one block of output channels. TILE is at most Q;
// the last tile overlaps its neighbour and stores only the pixels that are its own.
kernel void convolution_correlate(
    global const float *restrict x, global const float *restrict packed, global float *restrict y, int rows,
    // x: rows, columns and channels of the padded image, the first cell of the first window, what is not padding
    int XH, int XW, int XC, int xRow, int xColumn, int insideRow, int insideRows, int insideColumn, int insideColumns,
    // the groups of x and y, and the kernel
    int xGroup, int yGroup, int groupKernels, int blocksPerGroup, int blocks, int R, int runs, int runLength,
    int rowStep, int runStep, int strideRows,
    // the P x Q pixels that are computed and where they go in y[N, YH, YW, YC]
    int P, int Q, int YH, int YW, int YC, int yRow, int yColumn, int yRowStep, int yColumnStep, int tiles,
    // what a part of a sum is
    int part, int partRuns EPILOGUE_PARAMETERS)
{
  const int block = get_global_id(0);
  const int row = get_global_id(2);
  if (block >= blocks || row >= rows) return;
  const int n = row / P, p = row % P;
  const int group = block / blocksPerGroup;
  const int first = block % blocksPerGroup * LANES;
  const int lanes = min(LANES, groupKernels - first);
  global const float *in = x + (((size_t)n * XH + xRow + p * strideRows) * XW + xColumn) * XC + group * xGroup;
  global const float *weights = packed + (size_t)block * (1 + R * runs * runLength) * LANES;
  global float *out = y + (((size_t)n * YH + yRow + p * yRowStep) * YW + yColumn) * YC + group * yGroup + first;

  const int begin = get_global_id(1) * tiles * TILE;
  const int end = min(begin + tiles * TILE, Q);
  const float check = packed[(size_t)blocks * (1 + R * runs * runLength) * LANES + block];
  if (isnan(check) && (insideRows < XH || insideColumns < XW)) {
    const long first = ((long)(xRow + p * strideRows) * XW + xColumn) * XC + group * xGroup;
    correlate_inside(
        x + (size_t)n * XH * XW * XC, weights, y, first, insideRow, insideRows, insideColumn, insideColumns, XW, XC, R,
        runs, runLength, rowStep, runStep, out, (size_t)yColumnStep * YC, begin, end, lanes EPILOGUE_ARGUMENTS);
    return;
  }
  for (int own = begin; own < end; own += TILE) {
    const int q = min(own, Q - TILE);
    // Where sums are long the results' lines have come when they are stored.
    if (runLength >= 64) {
      UNROLLED_FOR(m, TILE)
        UNROLLED_FOR(j, NV) PREFETCH_TO_WRITE(out + (size_t)(q + m) * yColumnStep * YC + j * V);
    }
    vec sum[TILE][NV];
    global const float *wp = weights + LANES;
#if PARTS
    BEGIN_TOTALS(weights)
    for (int line = 0; line < R * runs; line += partRuns)
      for (int at = 0; at < runLength; at += part) {
        SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
        for (int l = line; l < min(line + partRuns, R * runs); l++) {
          global const float *columns = in + (size_t)(l / runs) * rowStep + l % runs * runStep + at;
          global const float *xp = columns + q * X_STEP;
          ADD_RUN(sum, xp, wp, min(part, runLength - at), columns + min(q + TILE, Q - TILE) * X_STEP)
        }
        ADD_TO_TOTALS(sum)
      }
#else
    SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
    for (int r = 0; r < R; r++) {
      for (int run = 0; run < runs; run++) {
        global const float *columns = in + (size_t)r * rowStep + run * runStep;
        global const float *xp = columns + q * X_STEP;
        ADD_RUN(sum, xp, wp, runLength, columns + min(q + TILE, Q - TILE) * X_STEP)
      }
    }
#endif
    UNROLLED_FOR(m, TILE) {
      if (m < own - q) continue;
      global float *pixel = out + (size_t)(q + m) * yColumnStep * YC;
      STORE_PIXEL(SUM, m, pixel, lanes, y)
    }
  }
}

// The same where rows are short and images many: a tile is TILE images at one pixel, X_STEP floats apart. Taps outside
// of the image are left out, so x is not padded. One work-item: `tiles` tiles at one pixel, by one block of output
// channels. TILE is at most the number of images; the last tile overlaps its neighbour and stores only the images that
// are its own.
kernel void convolution_correlate_images(
    global const float *restrict x, global const float *restrict packed, global float *restrict y, int images,
    // x: rows, columns and channels, the first cell of the first window
    int XH, int XW, int XC, int xRow, int xColumn,
    // the groups of x and y, and the kernel
    int xGroup, int yGroup, int groupKernels, int blocksPerGroup, int blocks, int R, int groupChannels, int S,
    int dilationRows, int dilationColumns, int strideRows, int strideColumns,
    // the P x Q pixels that are computed and where they go in y[N, YH, YW, YC]
    int P, int Q, int YH, int YW, int YC, int yRow, int yColumn, int yRowStep, int yColumnStep, int tiles,
    // what a part of a sum is
    int part, int partRuns EPILOGUE_PARAMETERS)
{
  const int block = get_global_id(0);
  const int pixelIndex = get_global_id(2);
  if (block >= blocks || pixelIndex >= P * Q) return;
  const int p = pixelIndex / Q, q = pixelIndex % Q;
  const int group = block / blocksPerGroup;
  const int first = block % blocksPerGroup * LANES;
  const int lanes = min(LANES, groupKernels - first);
  const int i0 = xRow + p * strideRows, j0 = xColumn + q * strideColumns;
  const int rBegin = i0 < 0 ? (-i0 + dilationRows - 1) / dilationRows : 0;
  const int rEnd = min(R, (XH - i0 + dilationRows - 1) / dilationRows);
  const int sBegin = j0 < 0 ? (-j0 + dilationColumns - 1) / dilationColumns : 0;
  const int sEnd = min(S, (XW - j0 + dilationColumns - 1) / dilationColumns);
  global const float *weights = packed + (size_t)block * (1 + R * S * groupChannels) * LANES;
  const size_t yStep = (size_t)YH * YW * YC;
  global float *out =
      y + ((size_t)(yRow + p * yRowStep) * YW + yColumn + q * yColumnStep) * YC + group * yGroup + first;

  const int begin = get_global_id(1) * tiles * TILE;
  const int end = min(begin + tiles * TILE, images);
  for (int own = begin; own < end; own += TILE) {
    const int n = min(own, images - TILE);
    vec sum[TILE][NV];
#if PARTS
    BEGIN_TOTALS(weights)
    const int columns = max(0, sEnd - sBegin), lines = max(0, rEnd - rBegin) * columns;
    for (int line = 0; line < lines; line += partRuns)
      for (int at = 0; at < groupChannels; at += part) {
        SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
        for (int l = line; l < min(line + partRuns, lines); l++) {
          const int r = rBegin + l / columns, s = sBegin + l % columns;
          global const float *wp = weights + (1 + (size_t)(r * S + s) * groupChannels + at) * LANES;
          global const float *tap =
              x + ((size_t)(i0 + r * dilationRows) * XW + j0 + s * dilationColumns) * XC + group * xGroup + at;
          global const float *xp = tap + n * (size_t)X_STEP;
          ADD_RUN(sum, xp, wp, min(part, groupChannels - at), tap + min(n + TILE, images - TILE) * (size_t)X_STEP)
        }
        ADD_TO_TOTALS(sum)
      }
#else
    SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
    for (int r = rBegin; r < rEnd; r++) {
      for (int s = sBegin; s < sEnd; s++) {
        global const float *wp = weights + (1 + (size_t)(r * S + s) * groupChannels) * LANES;
        global const float *tap =
            x + ((size_t)(i0 + r * dilationRows) * XW + j0 + s * dilationColumns) * XC + group * xGroup;
        global const float *xp = tap + n * (size_t)X_STEP;
        ADD_RUN(sum, xp, wp, groupChannels, tap + min(n + TILE, images - TILE) * (size_t)X_STEP)
      }
    }
#endif
    UNROLLED_FOR(m, TILE) {
      if (m < own - n) continue;
      global float *pixel = out + (n + m) * yStep;
      STORE_PIXEL(SUM, m, pixel, lanes, y)
    }
  }
}
