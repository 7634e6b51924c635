// The delta of depthwise convolution, from the kernels that pack.cl has packed.
//
// More constants than those of tile.h: EPILOGUE; PARTS for long sums: a part of a result is `part` taps of a kernel
// row, or `partRows` whole rows.

#include "depthwise/store.h"
#include "depthwise/tile.h"
#include "include/sums.h"

// A tile of dx begins where a window does, in steps of STRIDE from -left, so that it is known at build time which taps
// reach a column: TILE is a multiple of STRIDE. Of the columns of dy that reach it, BACK lie before the window.
#define BACK ((S - 1) * DILATION / STRIDE)
#define DY_COLUMNS (BACK + (TILE - 1) / STRIDE + 1)

// Adds the products of taps sBegin ..< sEnd of a kernel row to the sums of a tile. `in` is where column `first` of dy,
// the first that reaches the tile, is or would be.
inline static void delta_row(
    vec *sum, global const float *in, global const float *weights, int C, int Q, int first, int sBegin, int sEnd,
    int isInside)
{
#if UNROLLS(DY_COLUMNS)
  vec weight[S];
  UNROLLED_FOR(s, S) weight[s] = LOAD(weights + s * C);
  UNROLLED_FOR(j, DY_COLUMNS) {
    if (!isInside && (first + j < 0 || first + j >= Q)) continue;
    const vec value = LOAD(in + j * C);
    UNROLLED_FOR(s, S) {
      const int m = (j - BACK) * STRIDE + s * DILATION;
      if (m >= 0 && m < TILE) sum[m] = fma(value, weight[s], sum[m]);
    }
  }
#else
  for (int s = sBegin; s < sEnd; s++) {
    const vec weight = LOAD(weights + s * C);
    UNROLLED_FOR(m, TILE) {
      const int step = m - s * DILATION;
      const int j = BACK + step / STRIDE;
      if (step % STRIDE == 0 && (isInside || (first + j >= 0 && first + j < Q)))
        sum[m] = fma(LOAD(in + j * C), weight, sum[m]);
    }
  }
#endif
}

// One work-item: `rowsPerItem` rows of dx, in each `tilesPerItem` tiles, of each `blocksPerItem` vectors of channels.
kernel void depthwise_delta(
    global const float *restrict dy, global const float *restrict packed, global float *restrict dx, int rows, int H,
    int W, int C, int P, int Q, int R, int strideRows, int dilationRows, int top, int left, int blocksPerItem,
    int tilesPerItem, int rowsPerItem, int part, int partRows EPILOGUE_PARAMETERS)
{
  const int firstBlock = get_global_id(0) * blocksPerItem;
  const int firstTile = get_global_id(1) * tilesPerItem;
  const int firstRow = get_global_id(2) * rowsPerItem;
  const int endChannel = min((firstBlock + blocksPerItem) * V, C);
  for (int row = firstRow; row < min(firstRow + rowsPerItem, rows); row++) {
    const int i = row % H + top;
    // A kernel row reaches the row of dx from the row (i - r * dilationRows) / strideRows of dy, where that is whole.
    const int beyond = i - (P - 1) * strideRows;
    int rBegin = max(0, (beyond + dilationRows - 1) / dilationRows);
    const int rEnd = min(R, i / dilationRows + 1);
    while (rBegin < rEnd && (i - rBegin * dilationRows) % strideRows != 0) rBegin++;
    int rStep = 1;
    while (rStep < R && rStep * dilationRows % strideRows != 0) rStep++;
    for (int tile = firstTile; tile < firstTile + tilesPerItem; tile++) {
      const int j = tile * TILE - left % STRIDE;
      if (j >= W) break;
      const int first = (j + left) / STRIDE - BACK;
      const int isInside = first >= 0 && first + DY_COLUMNS <= Q;
      for (int own = firstBlock * V; own < endChannel; own += V) {
        const int c = min(own, C - V);
        vec sum[TILE];
        UNROLLED_FOR(m, TILE) sum[m] = (vec)(0.0f);
        BEGIN_PARTS(vec, total, TILE, rowsLeft, partRows)
        for (int r = rBegin; r < rEnd; r += rStep) {
          global const float *in =
              dy + (size_t)(row / H * P + (i - r * dilationRows) / strideRows) * Q * C + first * C + c;
          global const float *weights = packed + (size_t)(1 + r * S) * C + c;
          FOR_PARTS(sBegin, sEnd, 0, S, part) {
            if (isInside)
              delta_row(sum, in, weights, C, Q, first, sBegin, sEnd, 1);
            else
              delta_row(sum, in, weights, C, Q, first, sBegin, sEnd, 0);
            END_PART(vec, sum, total, TILE, rowsLeft, partRows)
          }
        }
        END_PARTS(sum, total, TILE)
        global float *out = dx + (size_t)row * W * C + c;
        UNROLLED_FOR(m, TILE)
          if (j + m >= 0 && j + m < W) STORE_OWN(sum[m], out + (j + m) * C, dx, c, own)
      }
    }
  }
}
