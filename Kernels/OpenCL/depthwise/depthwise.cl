// Depthwise convolution in all three directions, for x[N, H, W, C] and w[C, R, S]. Kernel c sees channel c alone, so
// there is no sum over channels and little to compute per float that is read. All directions therefore stream through
// whole rows, all channels of a few neighbouring pixels at a time, and keep in registers what these pixels share.
//
// A tile is TILE neighbouring pixels of a row by V channels; the columns of the other image that take part in it are a
// few neighbouring ones. Columns are tested only in tiles that reach beyond the image. The last vector of channels
// overlaps its neighbour. The packed kernels are a row of C biases, then for each r, s a row of C weights.
//
// Constants: TILE; S, STRIDE and DILATION, the kernel's columns, their stride and dilation; EPILOGUE; PARTS for long
// sums: a part of a result is `part` taps of a kernel row, or `partRows` whole rows, and a part of a gradient `part`
// pixels.

#ifdef PARSE_ONLY
#define TILE 4
#define S 3
#define STRIDE 1
#define DILATION 1
#endif

#include "include/epilogue.h"
#include "include/sums.h"
#include "include/vector.h"

// Whether a tile loads each column once for all taps, which are unrolled.
#define UNROLLS(columns) (S <= 7 && (columns) <= 40)

// Packs w[C, R, S] and b[C]. One work-item: V channels.
kernel void depthwise_pack(
    global const float *restrict w, global const float *restrict b, global float *restrict packed, int C, int taps,
    int hasBias)
{
  const int first = get_global_id(0) * V;
  for (int c = first; c < min(first + V, C); c++) packed[c] = hasBias ? b[c] : 0.0f;
  for (int t = 0; t < taps; t++)
    for (int c = first; c < min(first + V, C); c++) packed[(size_t)(1 + t) * C + c] = w[(size_t)c * taps + t];
}

// Stores `value`, the vector that begins with channel c, to p in the result, but only the channels from `own` on.
#define STORE_OWN(value, p, result, c, own)                                              \
  {                                                                                      \
    if (c == own) {                                                                      \
      STORE_RESULT(value, p, result)                                                     \
    } else {                                                                             \
      float values[V];                                                                   \
      STORE(value, values);                                                              \
      for (int l = own - c; l < V; l++) STORE_RESULT_ELEMENT(values[l], (p) + l, result) \
    }                                                                                    \
  }

// The first row of a window that starts at row i and lies in the image of H rows, and the end of such rows.
inline static int window_begin(int i, int dilation) { return i >= 0 ? 0 : (dilation - 1 - i) / dilation; }
inline static int window_end(int i, int dilation, int H, int R)
{
  return i < H ? min(R, (H - 1 - i) / dilation + 1) : 0;
}

// The columns of x that a tile of y reads.
#define X_COLUMNS ((TILE - 1) * STRIDE + (S - 1) * DILATION + 1)

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

// dw[C, R, S] from the partial sums. One work-item: V lanes, which belong to channel `own` and up.
kernel void depthwise_gradient_sum(
    global const float *restrict partial, global float *restrict dw, int C, int taps, int splits, int lanes)
{
  const int own = get_global_id(0) * V;
  if (own >= lanes) return;
  const int c = min(own, C - V);
  for (int t = 0; t < taps; t++) {
    SUM_BY_PARTS(vec, sum, split, splits, LAST_STAGE_PART, LOAD(partial + ((size_t)split * taps + t) * lanes + own))
    float values[V];
    STORE(sum, values);
    for (int l = own - c; l < V; l++) dw[(size_t)(c + l) * taps + t] = values[l];
  }
}
