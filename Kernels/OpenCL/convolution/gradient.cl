// The gradient of a convolution's kernels: sums over ranges of output rows and, where there are several ranges, their sum
// in a fixed order. Runs are those of convolution.cl.
//
// Lanes are neighbouring taps of a run, or, where runs are short, neighbouring kernels. A range is done in chunks of ROWS
// rows, or of COLUMNS pixels of one very wide row, whose part of x and dy stays in cache. Each chunk is summed up for itself and
// added to the sums of the chunks before, which wait in memory: a single chain of additions would round too much.

#include "include/prefetch.h"
#include "include/sums.h"
#include "include/vector.h"

// The parts of a sum, to which pixels are added in turn: few sums would wait for their own last addition.
#define WAYS (TILE * NV >= 8 ? 1 : TILE * NV >= 4 ? 2 : 4)

// The sums of the products of the chunk's pixels of x and dy are sum[TILE][NV]: `lanes` and `factors` are called for
// the pixel's x at the first tap and dy at the first kernel.
#define SUM_PIXELS(sum, tapOffset, kernelOffset, lanes, factors)                              \
  {                                                                                           \
    vec parts[WAYS][TILE][NV];                                                                \
    UNROLL for (int m = 0; m < TILE; m++)                                                     \
      UNROLL for (int j = 0; j < NV; j++) {                                                   \
        UNROLL for (int way = 0; way < WAYS; way++) parts[way][m][j] = (vec)(0.0f);           \
      }                                                                                       \
    for (int row = chunk; row < chunkEnd; row++) {                                            \
      const int n = row / P, p = row % P;                                                     \
      global const float *xp = x + ((size_t)n * XH + p * strideRows) * XW * XC + (tapOffset); \
      global const float *dp = dy + (size_t)row * Q * YC + (kernelOffset);                    \
      xp += FIRST_COLUMN * X_STEP, dp += FIRST_COLUMN * YC;                                   \
      int q = FIRST_COLUMN;                                                                   \
      for (; q + WAYS <= END_COLUMN; q += WAYS)                                               \
        UNROLL for (int way = 0; way < WAYS; way++) ADD_PIXEL(parts[way], lanes, factors)     \
      for (; WAYS > 1 && q < END_COLUMN; q++) ADD_PIXEL(parts[0], lanes, factors)             \
    }                                                                                         \
    UNROLL for (int m = 0; m < TILE; m++)                                                     \
      UNROLL for (int j = 0; j < NV; j++) {                                                   \
        UNROLL for (int way = 1; way < WAYS; way++) parts[0][m][j] += parts[way][m][j];       \
        sum[m][j] = parts[0][m][j];                                                           \
      }                                                                                       \
  }
#define ADD_PIXEL(sum, lanes, factors)                                                 \
  {                                                                                    \
    vec lane[NV];                                                                      \
    UNROLL for (int j = 0; j < NV; j++) lane[j] = LOAD(lanes + j * V);                 \
    UNROLL for (int m = 0; m < TILE; m++) {                                            \
      const vec factor = (vec)(factors[m]);                                            \
      UNROLL for (int j = 0; j < NV; j++) sum[m][j] = fma(factor, lane[j], sum[m][j]); \
    }                                                                                  \
    xp += X_STEP, dp += YC;                                                            \
  }

#ifdef COLUMNS
#define FOR_COLUMNS for (int column = 0; column < Q; column += COLUMNS)
#define FIRST_COLUMN column
#define END_COLUMN min(column + COLUMNS, Q)
#else
#define FOR_COLUMNS
#define FIRST_COLUMN 0
#define END_COLUMN Q
#endif
// Whether no chunk of the range was done before.
#define IS_FIRST (chunk == begin && FIRST_COLUMN == 0)

// Makes `check` NaN where the sums are those of the last rows of a range and one is not finite: a delta that is not may have
// met the padding of x.
#define CHECK_SUMS(check, sum)                                                                    \
  if (chunkEnd == end && END_COLUMN == Q && (insideRows < XH || insideColumns < XW)) { \
    vec all = (vec)(0.0f);                                                        \
    UNROLL for (int m = 0; m < TILE; m++)                                         \
      UNROLL for (int j = 0; j < NV; j++) all = fma(sum[m][j], (vec)(0.0f), all); \
    check = FOLD(all);                                                            \
  }

// A sum over the rows from `begin` to `end` of dy that leaves out the padding of x, where `tap` is how far the tap's float lies
// behind the first one of a window.
static float sum_inside(
    global const float *restrict x, global const float *restrict dy, int XH, int XW, int XC, int insideRow, int insideRows,
    int insideColumn, int insideColumns, int strideRows, int P, int Q, int YC, int begin, int end, size_t tap, int kernelIndex)
{
  float sum = 0.0f, error = 0.0f;
  for (int row = begin; row < end && !isnan(sum); row++) {
    const size_t first = (size_t)(row % P * strideRows) * XW * XC + tap;
    const int i = first / ((size_t)XW * XC) - insideRow;
    if (i < 0 || i >= insideRows) continue;
    global const float *image = x + (size_t)(row / P) * XH * XW * XC;
    for (int q = 0; q < Q; q++) {
      const size_t at = first + (size_t)q * X_STEP;
      const int j = at / XC % XW - insideColumn;
      if (j < 0 || j >= insideColumns) continue;
      ADD_EXACTLY(float, sum, error, image[at] * dy[((size_t)row * Q + q) * YC + kernelIndex])
    }
  }
  return EXACT_SUM(sum, error);
}
#define SUM_INSIDE(tap, kernelIndex) \
  sum_inside(                        \
      x, dy, XH, XW, XC, insideRow, insideRows, insideColumn, insideColumns, strideRows, P, Q, YC, begin, end, tap, kernelIndex)

// Asks for a part of `pixels` pixels at `from`, `apart` floats apart, of which `count` floats will be read: that of a step of
// `steps`. Their first sums would wait for memory otherwise.
#define PREFETCH_PART(from, pixels, apart, count, step, steps)                                      \
  for (int i = (long)(pixels) * (step) / (steps); i < (long)(pixels) * ((step) + 1) / (steps); i++) \
    for (int j = 0; j < (count); j += 16) PREFETCH((from) + (size_t)i * (apart) + j);

// One work-item: `perItem` kernels for a range of output rows, TILE kernels by NV * V taps at a time. `sums` is
// [splits][K][taps], or dw itself where there is one range. TILE is at most groupKernels and NV * V at most runLength; the last
// tiles start early and store only what is their own.
kernel void convolution_gradient_taps(
    global const float *restrict x, global const float *restrict dy, global float *restrict sums,
    // x: rows, columns and channels of the padded image, what of it is not padding
    int XH, int XW, int XC, int insideRow, int insideRows, int insideColumn, int insideColumns,
    // the kernel
    int groupChannels, int groupKernels, int perItem, int itemsPerGroup, int items, int R, int runs, int runLength,
    int rowStep, int runStep, int strideRows,
    // dy and its ranges of rows
    int P, int Q, int YC, int rows, int splits)
{
  const int item = get_global_id(0);
  const int split = get_global_id(1);
  if (item >= items || split >= splits) return;
  const int group = item / itemsPerGroup;
  const int firstKernel = item % itemsPerGroup * perItem;
  const int endKernel = min(firstKernel + perItem, groupKernels);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  const int taps = R * runs * runLength;
  global float *groupSums = sums + ((size_t)split * YC + group * groupKernels) * taps;

  // An empty range still has to write its zeros.
  for (int chunk = begin; chunk < end || chunk == begin; chunk += ROWS) {
    const int chunkEnd = min(chunk + ROWS, end);
    const int nextPixels = max(0, min(chunkEnd + ROWS, end) - chunkEnd) * Q;
    global const float *nextDeltas = dy + (size_t)chunkEnd * Q * YC + group * groupKernels + firstKernel;
    const int tiles = (runLength + NV * V - 1) / (NV * V);
    FOR_COLUMNS for (int line = 0; line < R * runs; line++) {
      const size_t lineOffset = (size_t)(line / runs) * rowStep + line % runs * runStep + group * groupChannels;
      for (int ownTap = 0; ownTap < runLength; ownTap += NV * V) {
        const int tap = min(ownTap, runLength - NV * V);
        PREFETCH_PART(
            nextDeltas, nextPixels, YC, endKernel - firstKernel, line * tiles + ownTap / (NV * V), R * runs * tiles)
        for (int ownKernel = firstKernel; ownKernel < endKernel; ownKernel += TILE) {
          const int k = min(ownKernel, groupKernels - TILE);
          global float *out = groupSums + (size_t)k * taps + line * runLength + tap;
          vec sum[TILE][NV];
          SUM_PIXELS(sum, lineOffset + tap, group * groupKernels + k, xp, dp)
#pragma unroll
          for (int m = 0; m < TILE; m++) {
            if (k + m < ownKernel || k + m >= endKernel) continue;
#pragma unroll
            for (int j = 0; j < NV; j++) {
              const int skipped = ownTap - tap - j * V;
              global float *place = out + (size_t)m * taps + j * V;
              if (!IS_FIRST) sum[m][j] += LOAD(place);
              if (skipped <= 0) {
                STORE(sum[m][j], place);
              } else {
                float values[V];
                STORE(sum[m][j], values);
                for (int l = skipped; l < V; l++) place[l] = values[l];
              }
            }
          }
          float check = 0.0f;
          CHECK_SUMS(check, sum)
          if (isnan(check))
            for (int m = max(0, ownKernel - k); m < min(TILE, endKernel - k); m++)
              for (int l = ownTap - tap; l < NV * V; l++) {
                global float *place = out + (size_t)m * taps + l;
                if (!isfinite(*place)) *place = SUM_INSIDE(lineOffset + tap + l, group * groupKernels + k + m);
              }
        }
      }
    }
  }
}

// dw, of `count` elements, from the sums of the ranges. One work-item BLOCK elements.
kernel void convolution_gradient_taps_sum(
    global const float *restrict sums, global float *restrict dw, int count, int splits)
{
  const int begin = get_global_id(0) * BLOCK;
  const int end = min(begin + BLOCK, count);
  int i = begin;
  for (; i + V <= end; i += V) {
    SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(sums + (size_t)split * count + i))
    STORE(sum, dw + i);
  }
  for (; i < end; i++) {
    SUM_BY_PARTS(float, sum, split, splits, LAST_STAGE_PART, sums[(size_t)split * count + i])
    dw[i] = sum;
  }
}

// One work-item: one block of NV * V kernels by TILE neighbouring taps at a time, for a range of output rows. TILE is at
// most runLength and NV * V at most groupKernels; the last tile and the last block start early.
kernel void convolution_gradient_kernels(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial,
    // x: rows, columns and channels of the padded image, what of it is not padding
    int XH, int XW, int XC, int insideRow, int insideRows, int insideColumn, int insideColumns,
    // the kernel
    int groupChannels, int groupKernels, int blocksPerGroup, int blocks, int R, int runs, int runLength, int rowStep,
    int runStep, int strideRows,
    // dy and its ranges of rows
    int P, int Q, int YC, int rows, int splits)
{
  const int block = get_global_id(0);
  const int split = get_global_id(1);
  if (block >= blocks || split >= splits) return;
  const int group = block / blocksPerGroup;
  const int first = min(block % blocksPerGroup * NV * V, groupKernels - NV * V);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *sums = partial + ((size_t)split * blocks + block) * R * runs * runLength * NV * V;

  // An empty range still has to write its zeros.
  for (int chunk = begin; chunk < end || chunk == begin; chunk += ROWS) {
    const int chunkEnd = min(chunk + ROWS, end);
    const int nextPixels = max(0, min(chunkEnd + ROWS, end) - chunkEnd) * Q;
    global const float *nextDeltas = dy + (size_t)chunkEnd * Q * YC + group * groupKernels + first;
    const int tiles = (runLength + TILE - 1) / TILE;
    FOR_COLUMNS for (int line = 0; line < R * runs; line++) {
      const size_t lineOffset = (size_t)(line / runs) * rowStep + line % runs * runStep + group * groupChannels;
      for (int own = 0; own < runLength; own += TILE) {
        const int tap = min(own, runLength - TILE);
        PREFETCH_PART(nextDeltas, nextPixels, YC, NV * V, line * tiles + own / TILE, R * runs * tiles)
        global float *out = sums + ((size_t)line * runLength + tap) * NV * V;
        vec sum[TILE][NV];
        SUM_PIXELS(sum, lineOffset + tap, group * groupKernels + first, dp, xp)
#pragma unroll
        for (int m = 0; m < TILE; m++)
          if (m >= own - tap)
#pragma unroll
            for (int j = 0; j < NV; j++) {
              global float *place = out + (m * NV + j) * V;
              if (!IS_FIRST) sum[m][j] += LOAD(place);
              STORE(sum[m][j], place);
            }
        float check = 0.0f;
        CHECK_SUMS(check, sum)
        if (isnan(check))
          for (int m = own - tap; m < TILE; m++)
            for (int l = 0; l < NV * V; l++) {
              global float *place = out + m * NV * V + l;
              if (!isfinite(*place)) *place = SUM_INSIDE(lineOffset + tap + m, group * groupKernels + first + l);
            }
      }
    }
  }
}

// dw[K, R, S, C] from the partial sums. One work-item a block and line of taps.
kernel void convolution_gradient_kernels_sum(
    global const float *restrict partial, global float *restrict dw, int groupKernels, int blocksPerGroup, int blocks,
    int lines, int runLength, int splits)
{
  const int line = get_global_id(0);
  const int block = get_global_id(1);
  if (line >= lines || block >= blocks) return;
  const int own = block % blocksPerGroup * NV * V;
  const int first = min(own, groupKernels - NV * V);
  const int taps = lines * runLength;
  global float *out = dw + (size_t)(block / blocksPerGroup * groupKernels + first) * taps + line * runLength;
  for (int i = 0; i < runLength; i++) {
    global const float *in = partial + ((size_t)block * taps + line * runLength + i) * NV * V;
    for (int j = 0; j < NV; j++) {
      SUM_BY_PARTS(
          vec, sum, split, splits, LAST_STAGE_PART, LOAD(in + (size_t)split * blocks * taps * NV * V + j * V))
      float values[V];
      STORE(sum, values);
      for (int l = max(0, own - first - j * V); l < V; l++) out[(size_t)(j * V + l) * taps + i] = values[l];
    }
  }
}
