// The gradient dw[K, R, S, C] of a convolution's kernels by split-K: sums over ranges of output rows and, if there are
// several ranges, their sum in ascending order, which gradient-sum.cl takes. Runs are those of correlate.cl.
//
// Lanes are neighbouring taps of a run or, where runs are short, neighbouring kernels. A range is processed in chunks
// of ROWS rows, or of COLUMNS pixels of one very wide row, so that the chunk's part of x and dy stays in cache. Each
// chunk is summed on its own and added to the sums in memory: a single chain of additions would round too much.
//
// Constants: TILE x NV, the register tile: kernels by vectors of taps, or taps by vectors of kernels; X_STEP, the
// floats between neighbouring pixels of x; ROWS, and COLUMNS for very wide rows.

#ifdef PARSE_ONLY
#define NV 2
#define TILE 6
#define X_STEP 64
#define ROWS 4
#endif

#include "include/prefetch.h"
#include "include/register-tile.h"
#include "include/sums.h"
#include "include/vector.h"

// The parts of a sum, to which pixels are added in turn: few sums would wait for their own last addition.
#define WAYS (TILE * NV >= 8 ? 1 : TILE * NV >= 4 ? 2 : 4)

// sum[TILE][NV] = the sums of the products of x and dy for the pixels of rows begin ..< end of dy from `column` to the
// end of the chunk. The first tap is `tapOffset` floats behind a pixel of x, the first kernel `kernelOffset` floats
// behind one of dy. The lanes are taps and the factors kernels, or the other way round.
#define SUM_PIXELS(                                                                                          \
    sum, x, dy, tapOffset, kernelOffset, lanesAreTaps, begin, end, column, XH, XW, XC, strideRows, P, Q, YC) \
  {                                                                                                          \
    vec parts_[WAYS][TILE][NV];                                                                              \
    UNROLLED_FOR(way_, WAYS) SET_TILE(parts_[way_], TILE, NV, j_, (vec)(0.0f))                               \
    for (int row_ = (begin); row_ < (end); row_++) {                                                         \
      const int n_ = row_ / P, p_ = row_ % P;                                                                \
      global const float *xp_ = x + ((size_t)n_ * XH + p_ * strideRows) * XW * XC + (tapOffset);             \
      global const float *dp_ = dy + (size_t)row_ * Q * YC + (kernelOffset);                                 \
      xp_ += column * X_STEP, dp_ += column * YC;                                                            \
      int q_ = column;                                                                                       \
      for (; q_ + WAYS <= END_COLUMN(column, Q); q_ += WAYS)                                                 \
        UNROLLED_FOR(way_, WAYS) ADD_PIXEL(parts_[way_], xp_, dp_, YC, lanesAreTaps)                         \
      for (; WAYS > 1 && q_ < END_COLUMN(column, Q); q_++) ADD_PIXEL(parts_[0], xp_, dp_, YC, lanesAreTaps)  \
    }                                                                                                        \
    UNROLLED_FOR(m_, TILE)                                                                                   \
      UNROLLED_FOR(j_, NV) {                                                                                 \
        UNROLL for (int way_ = 1; way_ < WAYS; way_++) parts_[0][m_][j_] += parts_[way_][m_][j_];            \
        sum[m_][j_] = parts_[0][m_][j_];                                                                     \
      }                                                                                                      \
  }
#define ADD_PIXEL(sum, xp, dp, YC, lanesAreTaps)                                                          \
  {                                                                                                       \
    ADD_OUTER_PRODUCT(                                                                                    \
        sum, TILE, m_, ((lanesAreTaps) ? dp : xp)[m_], NV, j_, LOAD(((lanesAreTaps) ? xp : dp) + j_ * V)) \
    xp += X_STEP, dp += YC;                                                                               \
  }

#ifdef COLUMNS
#define FOR_COLUMNS(first) for (int first = 0; first < Q; first += COLUMNS)
#define END_COLUMN(first, Q) min((first) + COLUMNS, Q)
#else
#define FOR_COLUMNS(first) int first = 0;
#define END_COLUMN(first, Q) (Q)
#endif
// Makes `check` NaN where one of the sums is not finite.
#define CHECK_SUMS(check, sum)                                         \
  {                                                                    \
    vec all_ = (vec)(0.0f);                                            \
    UNROLLED_FOR(m_, TILE)                                             \
      UNROLLED_FOR(j_, NV) all_ = fma(sum[m_][j_], (vec)(0.0f), all_); \
    check = FOLD(all_);                                                \
  }

// A sum over the rows from `begin` to `end` of dy that leaves out the padding of x, where `tap` is how far the tap's
// float lies behind the first one of a window.
static float sum_inside(
    global const float *restrict x, global const float *restrict dy, int XH, int XW, int XC, int insideRow,
    int insideRows, int insideColumn, int insideColumns, int strideRows, int P, int Q, int YC, int begin, int end,
    size_t tap, int kernelIndex)
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
#define SUM_INSIDE(tap, kernelIndex)                                                                                \
  sum_inside(                                                                                                       \
      x, dy, XH, XW, XC, insideRow, insideRows, insideColumn, insideColumns, strideRows, P, Q, YC, begin, end, tap, \
      kernelIndex)

// Prefetches a part of `pixels` pixels at `from`, `apart` floats apart, of which `count` floats will be read: that of a
// step of `steps`. Their first sums would wait for memory otherwise.
#define PREFETCH_PART(from, pixels, apart, count, step, steps)                                      \
  for (int i = (long)(pixels) * (step) / (steps); i < (long)(pixels) * ((step) + 1) / (steps); i++) \
    for (int j = 0; j < (count); j += 16) PREFETCH((from) + (size_t)i * (apart) + j);

// One work-item: `perItem` kernels for a range of output rows, TILE kernels by NV * V taps at a time. `sums` is
// [splits][K][taps], or dw itself where there is one range. TILE is at most groupKernels and NV * V at most runLength;
// the last tiles start early and store only what is their own.
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

  // A delta that is not finite may have met the padding of x.
  const int isPadded = insideRows < XH || insideColumns < XW;
  // An empty range still has to write its zeros.
  for (int chunk = begin; chunk < end || chunk == begin; chunk += ROWS) {
    const int chunkEnd = min(chunk + ROWS, end);
    const int nextPixels = max(0, min(chunkEnd + ROWS, end) - chunkEnd) * Q;
    global const float *nextDeltas = dy + (size_t)chunkEnd * Q * YC + group * groupKernels + firstKernel;
    const int tiles = (runLength + NV * V - 1) / (NV * V);
    FOR_COLUMNS(column)
      for (int line = 0; line < R * runs; line++) {
        const size_t lineOffset = (size_t)(line / runs) * rowStep + line % runs * runStep + group * groupChannels;
        for (int ownTap = 0; ownTap < runLength; ownTap += NV * V) {
          const int tap = min(ownTap, runLength - NV * V);
          PREFETCH_PART(
              nextDeltas, nextPixels, YC, endKernel - firstKernel, line * tiles + ownTap / (NV * V), R * runs * tiles)
          for (int ownKernel = firstKernel; ownKernel < endKernel; ownKernel += TILE) {
            const int k = min(ownKernel, groupKernels - TILE);
            global float *out = groupSums + (size_t)k * taps + line * runLength + tap;
            vec sum[TILE][NV];
            SUM_PIXELS(
                sum, x, dy, lineOffset + tap, group * groupKernels + k, 1, chunk, chunkEnd, column, XH, XW, XC,
                strideRows, P, Q, YC)
            UNROLLED_FOR(m, TILE) {
              if (k + m < ownKernel || k + m >= endKernel) continue;
              UNROLLED_FOR(j, NV) {
                const int skipped = ownTap - tap - j * V;
                global float *place = out + (size_t)m * taps + j * V;
                if (!(chunk == begin && column == 0)) sum[m][j] += LOAD(place);
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
            if (chunkEnd == end && END_COLUMN(column, Q) == Q && isPadded) CHECK_SUMS(check, sum)
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

// One work-item: one block of NV * V kernels by TILE neighbouring taps at a time, for a range of output rows. TILE is
// at most runLength and NV * V at most groupKernels; the last tile and the last block overlap their neighbours.
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

  // A delta that is not finite may have met the padding of x.
  const int isPadded = insideRows < XH || insideColumns < XW;
  // An empty range still has to write its zeros.
  for (int chunk = begin; chunk < end || chunk == begin; chunk += ROWS) {
    const int chunkEnd = min(chunk + ROWS, end);
    const int nextPixels = max(0, min(chunkEnd + ROWS, end) - chunkEnd) * Q;
    global const float *nextDeltas = dy + (size_t)chunkEnd * Q * YC + group * groupKernels + first;
    const int tiles = (runLength + TILE - 1) / TILE;
    FOR_COLUMNS(column)
      for (int line = 0; line < R * runs; line++) {
        const size_t lineOffset = (size_t)(line / runs) * rowStep + line % runs * runStep + group * groupChannels;
        for (int own = 0; own < runLength; own += TILE) {
          const int tap = min(own, runLength - TILE);
          PREFETCH_PART(nextDeltas, nextPixels, YC, NV * V, line * tiles + own / TILE, R * runs * tiles)
          global float *out = sums + ((size_t)line * runLength + tap) * NV * V;
          vec sum[TILE][NV];
          SUM_PIXELS(
              sum, x, dy, lineOffset + tap, group * groupKernels + first, 0, chunk, chunkEnd, column, XH, XW, XC,
              strideRows, P, Q, YC)
          UNROLLED_FOR(m, TILE)
            if (m >= own - tap)
              UNROLLED_FOR(j, NV) {
                global float *place = out + (m * NV + j) * V;
                if (!(chunk == begin && column == 0)) sum[m][j] += LOAD(place);
                STORE(sum[m][j], place);
              }
          float check = 0.0f;
          if (chunkEnd == end && END_COLUMN(column, Q) == Q && isPadded) CHECK_SUMS(check, sum)
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
