// The forward pass of depthwise convolution, from the kernels that pack.cl has packed.
//
// More constants than those of tile.h: EPILOGUE; PARTS for long sums: a part of a result is `part` taps of a kernel
// row, or `partRows` whole rows.

#include "depthwise/store.h"
#include "depthwise/tile.h"
#include "include/sums.h"

// Adds the products of taps sBegin ..< sEnd of a kernel row, which are all where taps are unrolled, to the sums of a
// tile. `in` is where column `first` of x, the first of the tile's columns, is or would be.
inline static void correlate_row(
    vec *sum, global const float *in, global const float *weights, int C, int W, int first, int sBegin, int sEnd,
    int isInside)
{
#if UNROLLS(X_COLUMNS)
  vec weight[S];
  UNROLLED_FOR(s, S) weight[s] = LOAD(weights + s * C);
  UNROLLED_FOR(j, X_COLUMNS) {
    if (!isInside && (first + j < 0 || first + j >= W)) continue;
    const vec value = LOAD(in + j * C);
    UNROLLED_FOR(s, S) {
      const int step = j - s * DILATION;
      if (step >= 0 && step % STRIDE == 0 && step / STRIDE < TILE)
        sum[step / STRIDE] = fma(value, weight[s], sum[step / STRIDE]);
    }
  }
#else
  for (int s = sBegin; s < sEnd; s++) {
    const vec weight = LOAD(weights + s * C);
    UNROLLED_FOR(m, TILE) {
      const int j = m * STRIDE + s * DILATION;
      if (isInside || (first + j >= 0 && first + j < W)) sum[m] = fma(LOAD(in + j * C), weight, sum[m]);
    }
  }
#endif
}

// One work-item: `rowsPerItem` rows of y, in each `tilesPerItem` tiles, of each `blocksPerItem` vectors of channels.
kernel void depthwise_correlate(
    global const float *restrict x, global const float *restrict packed, global float *restrict y, int rows, int H,
    int W, int C, int P, int Q, int R, int strideRows, int dilationRows, int top, int left, int blocksPerItem,
    int tilesPerItem, int rowsPerItem, int part, int partRows EPILOGUE_PARAMETERS)
{
  const int firstBlock = get_global_id(0) * blocksPerItem;
  const int firstTile = get_global_id(1) * tilesPerItem;
  const int firstRow = get_global_id(2) * rowsPerItem;
  const int endChannel = min((firstBlock + blocksPerItem) * V, C);
  const int endPixel = min((firstTile + tilesPerItem) * TILE, Q);
  for (int row = firstRow; row < min(firstRow + rowsPerItem, rows); row++) {
    const int i = row % P * strideRows - top;
    const int rBegin = window_begin(i, dilationRows), rEnd = window_end(i, dilationRows, H, R);
    for (int q = firstTile * TILE; q < endPixel; q += TILE) {
      const int first = q * STRIDE - left;
      const int isInside = first >= 0 && first + X_COLUMNS <= W;
      for (int own = firstBlock * V; own < endChannel; own += V) {
        const int c = min(own, C - V);
        vec sum[TILE];
        UNROLLED_FOR(m, TILE) sum[m] = (vec)(0.0f);
        BEGIN_PARTS(vec, total, TILE, rowsLeft, partRows)
        for (int r = rBegin; r < rEnd; r++) {
          global const float *in = x + (size_t)(row / P * H + i + r * dilationRows) * W * C + first * C + c;
          global const float *weights = packed + (size_t)(1 + r * S) * C + c;
          FOR_PARTS(sBegin, sEnd, 0, S, part) {
            if (isInside)
              correlate_row(sum, in, weights, C, W, first, sBegin, sEnd, 1);
            else
              correlate_row(sum, in, weights, C, W, first, sBegin, sEnd, 0);
            END_PART(vec, sum, total, TILE, rowsLeft, partRows)
          }
        }
        END_PARTS(sum, total, TILE)
        global float *out = y + ((size_t)row * Q + q) * C + c;
        UNROLLED_FOR(m, TILE)
          if (q + m < Q) STORE_OWN(sum[m] + LOAD(packed + c), out + m * C, y, c, own)
      }
    }
  }
}
