// The kernel gradient of depthwise convolution by split-K: sums over ranges of the rows of dy, which gradient-sum.cl
// adds up.
//
// One more constant than those of tile.h: PARTS for long sums, of which a part is `part` pixels.

#include "depthwise/tile.h"

// Adds the products of a tile of dy and a row of x to the sums of one kernel row, which are `lanes` apart. `in` is
// where column `first` of x, the first of the tile's columns, is or would be.
inline static void gradient_row(
    global float *sums, int lanes, global const float *in, global const float *dy, int C, int W, int first,
    int isInside)
{
#if UNROLLS(X_COLUMNS)
  vec delta[TILE], sum[S];
  UNROLLED_FOR(m, TILE) delta[m] = LOAD(dy + m * C);
  UNROLLED_FOR(s, S) sum[s] = LOAD(sums + s * lanes);
  UNROLLED_FOR(j, X_COLUMNS) {
    if (!isInside && (first + j < 0 || first + j >= W)) continue;
    const vec value = LOAD(in + j * C);
    UNROLLED_FOR(s, S) {
      const int step = j - s * DILATION;
      if (step >= 0 && step % STRIDE == 0 && step / STRIDE < TILE) sum[s] = fma(value, delta[step / STRIDE], sum[s]);
    }
  }
  UNROLLED_FOR(s, S) STORE(sum[s], sums + s * lanes);
#else
  for (int s = 0; s < S; s++) {
    vec sum = LOAD(sums + s * lanes);
    UNROLLED_FOR(m, TILE) {
      const int j = m * STRIDE + s * DILATION;
      if (isInside || (first + j >= 0 && first + j < W)) sum = fma(LOAD(in + j * C), LOAD(dy + m * C), sum);
    }
    STORE(sum, sums + s * lanes);
  }
#endif
}

// The same for a single pixel.
inline static void gradient_pixel(
    global float *sums, int lanes, global const float *in, vec delta, int C, int W, int first)
{
  UNROLLED_FOR(s, S) {
    const int j = s * DILATION;
    if (first + j >= 0 && first + j < W) STORE(fma(LOAD(in + j * C), delta, LOAD(sums + s * lanes)), sums + s * lanes);
  }
}

// A work-item's sums of all taps.
#define FOR_TAPS(STATEMENT)                                 \
  for (int t = 0; t < R * S; t++)                           \
    for (int lane = firstLane; lane < endLane; lane += V) { \
      const size_t place = (size_t)t * lanes + lane;        \
      STATEMENT                                             \
    }
#define CLEAR(sums) FOR_TAPS(STORE((vec)(0.0f), (sums) + place);)
#define ADD_TO_TOTALS FOR_TAPS(STORE(LOAD(totals + place) + LOAD(sums + place), totals + place);)

#ifdef PARTS
#define PARTS_PARAMETERS , global float *restrict parts, int part
#else
#define PARTS_PARAMETERS
#endif

// One work-item: `blocksPerItem` vectors of channels for a range of the rows of dy. Its sums for each r, s are a row of
// `lanes`, each vector of channels having its own.
kernel void depthwise_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial, int rows, int H,
    int W, int C, int P, int Q, int R, int strideRows, int dilationRows, int top, int left, int blocksPerItem,
    int splits, int lanes PARTS_PARAMETERS)
{
  const int firstLane = get_global_id(0) * blocksPerItem * V;
  const int split = get_global_id(1);
  if (firstLane >= lanes || split >= splits) return;
  const int endLane = min(firstLane + blocksPerItem * V, lanes);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *totals = partial + (size_t)split * R * S * lanes;
  CLEAR(totals)
#ifdef PARTS
  global float *sums = parts + (size_t)split * R * S * lanes;
  CLEAR(sums)
  int pixels = 0;
#else
  global float *sums = totals;
#endif

  for (int row = begin; row < end; row++) {
    const int i = row % P * strideRows - top;
    const int rBegin = window_begin(i, dilationRows), rEnd = window_end(i, dilationRows, H, R);
    // Whole tiles, then single pixels.
    for (int q = 0; q < Q; q += q + TILE <= Q ? TILE : 1) {
      const int first = q * STRIDE - left;
      const int isInside = first >= 0 && first + X_COLUMNS <= W;
      for (int lane = firstLane; lane < endLane; lane += V) {
        const int c = min(lane, C - V);
        global const float *deltas = dy + ((size_t)row * Q + q) * C + c;
        for (int r = rBegin; r < rEnd; r++) {
          global const float *in = x + (size_t)(row / P * H + i + r * dilationRows) * W * C + first * C + c;
          global float *out = sums + (size_t)r * S * lanes + lane;
          if (q + TILE > Q)
            gradient_pixel(out, lanes, in, LOAD(deltas), C, W, first);
          else if (isInside)
            gradient_row(out, lanes, in, deltas, C, W, first, 1);
          else
            gradient_row(out, lanes, in, deltas, C, W, first, 0);
        }
      }
#ifdef PARTS
      pixels += q + TILE <= Q ? TILE : 1;
      if (pixels >= part) {
        ADD_TO_TOTALS
        CLEAR(sums)
        pixels = 0;
      }
#endif
    }
  }
#ifdef PARTS
  ADD_TO_TOTALS
#endif
}
