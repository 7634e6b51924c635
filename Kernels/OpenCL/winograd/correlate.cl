// Convolution by Winograd's algorithms: the forward pass and, with ROTATED kernels, the delta. algorithm.h has the
// mathematics and the constants.
//
// More constants: FUSED if one kernel transforms and multiplies TB tiles, else `winograd_input` transforms them first;
// EPILOGUE.

#include "include/epilogue.h"
#include "include/register-tile.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"
#include "winograd/input.h"

// G g G^T for V kernels from `k` by the V channels from `c0` but the first `skipped`, to `out`: channels NV * V floats
// apart, positions `step`. The kernels are w[K, TAPS, TAPS, C], or with ROTATED w[C, TAPS, TAPS, K] rotated by 180
// degrees.
#define TAPS_2D (TAPS * TAPS)
#ifdef ROTATED
#define GET_TAPS                      \
  for (int l = 0; l < V; l++)         \
    for (int t = 0; t < TAPS_2D; t++) \
      STORE(LOAD(w + ((size_t)(c0 + l) * TAPS_2D + TAPS_2D - 1 - t) * K + k), taps[t][l]);
#else
#define GET_TAPS                                                                      \
  for (int t = 0; t < TAPS_2D; t++) {                                                 \
    vec block[V];                                                                     \
    UNROLLED_FOR(l, V) block[l] = LOAD(w + ((size_t)(k + l) * TAPS_2D + t) * C + c0); \
    TRANSPOSE(block)                                                                  \
    UNROLLED_FOR(l, V) STORE(block[l], taps[t][l]);                                   \
  }
#endif
#define TRANSFORM_KERNELS(space, out, step, skipped)              \
  {                                                               \
    float taps[TAPS_2D][V][V];                                    \
    GET_TAPS                                                      \
    for (int l = skipped; l < V; l++) {                           \
      vec rows[KERNELS][TAPS];                                    \
      ROLLED_FOR(j, TAPS) {                                       \
        vec g[TAPS];                                              \
        UNROLLED_FOR(i, TAPS) g[i] = LOAD(taps[i * TAPS + j][l]); \
        KERNEL_TRANSFORM(PUT_ROW, g)                              \
      }                                                           \
      space float *place = (out) + (l - (skipped)) * NV * V;      \
      ROLLED_FOR(i, KERNELS) {                                    \
        KERNEL_TRANSFORM(PUT_U, rows[i])                          \
        place += KERNELS * (step);                                \
      }                                                           \
    }                                                             \
  }
#define PUT_ROW(i, value) rows[i][j] = value;
#define PUT_U(j, value) STORE(value, place + j * POSITION_STEP);

// The channels of the part that begins there.
#if C % CB == 0
#define PART_CHANNELS(begin) CB
#else
#define PART_CHANNELS(begin) min(CB, C - (begin))
#endif

// Adds the products of MR tiles at `ap`, `apart` floats apart, with NV * V channels of the kernels at `bp`, for `count`
// channels, and advances both; PREFETCH_CHANNEL(channel) prefetches what is needed later.
#define MULTIPLY(sum, ap, apart, bp, count, PREFETCH_CHANNEL)                   \
  for (int c_ = 0; c_ < (count); c_++, ap++, bp += NV * V) {                    \
    PREFETCH_CHANNEL(c_)                                                        \
    ADD_OUTER_PRODUCT(sum, MR, i_, ap[i_ * (apart)], NV, j_, LOAD(bp + j_ * V)) \
  }

// Writes zeros for those of `tiles` tiles that do not have a position, of which `kept` says which do.
#define CLEAR_PRODUCTS(kept, tiles, products, lanes) \
  if (ROW_REST > 0 || COLUMN_REST > 0)               \
    for (int tile = 0; tile < tiles; tile++)         \
      if (tile < kept.x || tile >= kept.y)           \
        for (int lane = 0; lane < lanes; lane += V) STORE((vec)(0.0f), (products) + tile * lanes + lane);

// A^T m A of the products at `in`, positions `step` apart, plus `bias`, to the results from (p0, q0) that lie in the
// image. They are added to `check`, so that it is not finite where one of them is not.
#define STORE_OUTPUT_TILE(in, step, image, p0, q0, bias)                         \
  {                                                                              \
    vec t[RESULTS][PRODUCTS];                                                    \
    ROLLED_FOR(j, PRODUCTS) {                                                    \
      vec d[PRODUCTS];                                                           \
      UNROLLED_FOR(i, PRODUCTS) d[i] = LOAD((in) + (i * PRODUCTS + j) * (step)); \
      OUTPUT_TRANSFORM(PUT_T, d, ROW_PHASE)                                      \
    }                                                                            \
    const vec shift = bias;                                                      \
    ROLLED_FOR(i, RESULTS) {                                                     \
      if ((p0) + i >= P) continue;                                               \
      global float *row = (image) + ((size_t)((p0) + i) * Q + (q0)) * K;         \
      OUTPUT_TRANSFORM(PUT_Y, t[i], COLUMN_PHASE)                                \
    }                                                                            \
  }
// A product reaches the first or the last result of a row, or at stride 2 any one.
#if STRIDE == 1
#define IS_CHECKED(j) ((j) == 0 || (j) == RESULTS - 1)
#else
#define IS_CHECKED(j) 1
#endif
#define PUT_Y(j, value)                                            \
  {                                                                \
    const vec result = value;                                      \
    if (IS_CHECKED(j)) check += result;                            \
    if (q0 + (j) < Q) STORE_RESULT(result + shift, row + (j)*K, y) \
  }

// A result in output channel k at (p, q) without its bias, as the definition has it, from image x[H, W, C].
float direct_result(
    global const float *restrict x, global const float *restrict w, int p, int q, int k, int H, int W, int top,
    int left)
{
  float sum = 0.0f, error = 0.0f;
  for (int r = 0; r < TAPS; r++)
    for (int s = 0; s < TAPS; s++) {
#ifdef ROTATED
      const int down = p + (STRIDE == 1 ? TAPS - 1 - top : 2 - 2 * top - ROW_PHASE) - r;
      const int right = q + (STRIDE == 1 ? TAPS - 1 - left : 2 - 2 * left - COLUMN_PHASE) - s;
      if (down < 0 || down % STRIDE != 0 || right < 0 || right % STRIDE != 0) continue;
      const int i = down / STRIDE, j = right / STRIDE;
      global const float *weights = w + (r * TAPS + s) * K + k;
      const size_t weightStep = TAPS_2D * K;
#else
      const int i = p * STRIDE - top + r, j = q * STRIDE - left + s;
      global const float *weights = w + ((size_t)k * TAPS_2D + r * TAPS + s) * C;
      const size_t weightStep = 1;
#endif
      if (i < 0 || i >= H || j < 0 || j >= W) continue;
      global const float *pixel = x + ((size_t)i * W + j) * C;
      for (int c = 0; c < C; c++) {
        ADD_EXACTLY(float, sum, error, pixel[c] * weights[c * weightStep])
        if (isnan(sum)) return sum;
      }
    }
  return EXACT_SUM(sum, error);
}

// Computes again what is not finite, or so large that its sum is not: a tile's results in those of `count` channels
// from k0 whose lane of `check` shows it.
#define REPAIR_TILE(check, x, w, image, p0, q0, k0, count)                                              \
  if (HAS_NAN((check)*0.0f)) {                                                                          \
    float checks[V];                                                                                    \
    STORE(check, checks);                                                                               \
    for (int own = 0; own < count; own++) {                                                             \
      if (isfinite(checks[own % V])) continue;                                                          \
      const int k = min((k0) + own / V * V, K - V) + own % V;                                           \
      for (int p = p0; p < min(p0 + RESULTS, P); p++)                                                   \
        for (int q = q0; q < min(q0 + RESULTS, Q); q++) {                                               \
          global float *to = (image) + ((size_t)p * Q + q) * K + k;                                     \
          const float result = direct_result(x, w, p, q, k, H, W, top, left) + (hasBias ? b[k] : 0.0f); \
          STORE_RESULT_ELEMENT(result, to, y)                                                           \
        }                                                                                               \
    }                                                                                                   \
  }

#ifdef FUSED

#define PREFETCH_NOTHING(c)

// u[KERNELS][KERNELS][blocks of K][C][NV * V], where the last block may overlap. One work-item NV * V kernels by V
// channels.
#define BLOCKS ((K + NV * V - 1) / (NV * V))
#define POSITION_STEP STEP((size_t)BLOCKS *NV *V *C)
kernel void winograd_pack(global const float *restrict w, global float *restrict u)
{
  const int block = get_global_id(0);
  const int own = get_global_id(1) * V;
  if (block >= BLOCKS || own >= C) return;
  const int c0 = min(own, C - V);
  for (int j = 0; j < NV; j++) {
    const int k = min((block * NV + j) * V, K - V);
    global float *out = u + ((size_t)block * C + own) * (NV * V) + j * V;
    TRANSFORM_KERNELS(global, out, POSITION_STEP, own - c0)
  }
}

// The whole correlation of TB tiles: their transforms stay in the core's cache. KB output channels are done at a time,
// of which the last may lie beyond K, and a part of the channels of x.
kernel void winograd_correlate(
    global const float *restrict x, global const float *restrict u, global const float *restrict w,
    global const float *restrict b, global float *restrict y, int tiles, int batch, int tileRows, int tileColumns,
    int H, int W, int top, int left, int P, int Q, int hasBias EPILOGUE_PARAMETERS)
{
  local float v[POSITIONS * STEP(TB * C)];
  local float m[POSITIONS * STEP(TB * KB)];
  const int first = get_group_id(0) * TB;
  if (first >= tiles) return;
  const int step = STEP(TB * C);
  for (int tile = 0; tile < TB; tile++) {
    const int3 place = tile_place(min(first + tile, tiles - 1), batch, tileRows, tileColumns);
    const int i0 = place.y * INPUT_STEP - top, j0 = place.z * INPUT_STEP - left;
    global const float *image = x + (size_t)place.x * H * W * C;
    for (int own = 0; own < C; own += V) {
      const int c = min(own, C - V);
      global const float *in = image + c;
      local float *out = v + tile * C + c;
      PREFETCH_PIXELS(PREFETCH, in, H, W, i0, j0 + INPUTS, INPUTS, INPUT_STEP, C)
      TRANSFORM_INPUT_TILE(in, H, W, i0, j0, place.y == tileRows - 1, place.z == tileColumns - 1, C)
    }
  }
  for (int k0 = 0; k0 < K; k0 += KB) {
    for (int xi = 0; xi < POSITIONS; xi++) {
      const int2 own = tiles_with(xi, first, TB, batch, tileRows, tileColumns);
      CLEAR_PRODUCTS(own, TB, m + xi * STEP(TB * KB), KB)
      for (int k = 0; k < KB; k += NV * V)
        for (int begin = own.x; begin < own.y; begin += MR) {
          const int tile = min(begin, TB - MR);
          local float *products = m + xi * STEP(TB * KB) + tile * KB + k;
          local const float *ap = v + xi * step + tile * C;
          global const float *bp = u + KERNEL_OF(xi) * POSITION_STEP + (size_t)(k0 + k) * C;
          for (int part = 0; part < C; part += CB) {
            vec sum[MR][NV];
            SET_TILE(sum, MR, NV, j, (vec)(0.0f))
            MULTIPLY(sum, ap, C, bp, PART_CHANNELS(part), PREFETCH_NOTHING)
            UNROLLED_FOR(i, MR) ADD_SUMS(sum[i], products + i * KB, part == 0)
          }
        }
    }
    for (int tile = 0; tile < TB && first + tile < tiles; tile++) {
      const int3 place = tile_place(first + tile, batch, tileRows, tileColumns);
      const int p0 = place.y * RESULTS, q0 = place.z * RESULTS;
      global float *image = y + (size_t)place.x * P * Q * K;
      vec check = (vec)(0.0f);
      for (int own = 0; own < KB; own += V) {
        const int k = min(k0 + own, K - V);
        local const float *in = m + tile * KB + own;
        PREFETCH_PIXELS(PREFETCH_TO_WRITE, image + k, P, Q, p0, q0 + RESULTS, RESULTS, RESULTS, K)
        STORE_OUTPUT_TILE(in, STEP(TB * KB), image + k, p0, q0, hasBias ? LOAD(b + k) : (vec)(0.0f))
      }
      REPAIR_TILE(check, x + (size_t)place.x * H * W * C, w, image, p0, q0, k0, KB)
    }
  }
}

#else

// y of the tiles from `first`, at most TB and at least MR, from v and w. Kernels are transformed where they are used,
// which takes less time than to write and read them. One work-item NV * V channels, a part of the channels of x at a
// time; the last MR tiles overlap the ones before.
#define POSITION_STEP STEP(CB *NV *V)
#ifdef ROTATED
#define LINES (CB * TAPS_2D * NV)
#define NEXT_WEIGHTS(line) (w + ((size_t)(begin + CB) * TAPS_2D + (line) / NV) * K + k0 + (line) % NV * V)
#else
#define LINES (NV * V * TAPS_2D * (CB / V))
#define NEXT_WEIGHTS(line) (w + ((size_t)k0 * TAPS_2D + (line) / (CB / V)) * C + begin + CB + (line) % (CB / V) * V)
#endif
#define POSITION_LINES (LINES / POSITIONS)
// The tiles that are multiplied AHEAD steps later, as many lines in a step as it needs itself, and where the next sums
// go: the last-level cache takes longer than a step to answer.
#define AHEAD (3 * MR)
#define PREFETCH_AHEAD(c)   \
  PREFETCH(later + c * MR); \
  PREFETCH_TO_WRITE(nextProducts + c * ((MR * NV * V + CB - 1) / CB));
kernel void winograd_transform_multiply(
    global const float *restrict v, global const float *restrict x, global const float *restrict w,
    global const float *restrict b, global float *restrict y, int first, int tiles, int batch, int tileRows,
    int tileColumns, int H, int W, int top, int left, int P, int Q, int hasBias EPILOGUE_PARAMETERS)
{
  local float u[KERNELS * KERNELS * POSITION_STEP];
  local float m[POSITIONS * STEP(TB * NV * V)];
  const int k0 = get_group_id(0) * NV * V;
  if (k0 >= K) return;
  const size_t step = STEP((size_t)tiles * C_PARTS * CB);
  for (int begin = 0; begin < C; begin += CB) {
    const int count = PART_CHANNELS(begin);
    for (int own = 0; own < count; own += V) {
      const int c = min(own, count - V), c0 = begin + c;
      for (int j = 0; j < NV; j++) {
        const int k = min(k0 + j * V, K - V);
        local float *out = u + own * NV * V + j * V;
        TRANSFORM_KERNELS(local, out, POSITION_STEP, own - c)
      }
    }
    global const float *partTiles = v + (size_t)begin * tiles;
    for (int xi = 0; xi < POSITIONS; xi++) {
      if (begin + 2 * CB <= C) {
        UNROLLED_FOR(i, POSITION_LINES) PREFETCH(NEXT_WEIGHTS(xi * POSITION_LINES + i));
      }
      const int2 kept = tiles_with(xi, first, tiles, batch, tileRows, tileColumns);
      const int next = min(xi + 1, POSITIONS - 1);
      const int nextBegin = tiles_with(next, first, tiles, batch, tileRows, tileColumns).x;
      if (begin == 0) CLEAR_PRODUCTS(kept, tiles, m + xi * STEP(TB * NV * V), NV * V)
      for (int own = kept.x; own < kept.y; own += MR) {
        const int tile = min(own, tiles - MR);
        local float *products = m + xi * STEP(TB * NV * V) + tile * NV * V;
        vec sum[MR][NV];
        SET_TILE(sum, MR, NV, j, (vec)(0.0f))
        global const float *ap = partTiles + xi * step + tile * CB;
        local const float *bp = u + KERNEL_OF(xi) * POSITION_STEP;
        const int left = kept.y - own;
        const int laterTile = min(left > AHEAD ? own + AHEAD : nextBegin + AHEAD - left, tiles - MR);
        global const float *later = partTiles + (left > AHEAD ? xi : next) * step + laterTile * CB;
        local const float *nextProducts =
            left > MR ? products + MR * NV * V : m + next * STEP(TB * NV * V) + nextBegin * NV * V;
        MULTIPLY(sum, ap, CB, bp, count, PREFETCH_AHEAD)
        if (tile == own && begin > 0) {
          UNROLLED_FOR(i, MR) ADD_SUMS(sum[i], products + i * NV * V, false)
        } else {
          UNROLLED_FOR(i, MR)
            if (tile + i >= own) ADD_SUMS(sum[i], products + i * NV * V, begin == 0)
        }
      }
    }
  }
  for (int tile = 0; tile < tiles; tile++) {
    const int3 place = tile_place(first + tile, batch, tileRows, tileColumns);
    const int p0 = place.y * RESULTS, q0 = place.z * RESULTS;
    global float *image = y + (size_t)place.x * P * Q * K;
    vec check = (vec)(0.0f);
    for (int own = 0; own < NV * V; own += V) {
      const int k = min(k0 + own, K - V);
      local const float *in = m + tile * NV * V + own;
      PREFETCH_PIXELS(PREFETCH_TO_WRITE, image + k, P, Q, p0, q0 + RESULTS, RESULTS, RESULTS, K)
      STORE_OUTPUT_TILE(in, STEP(TB * NV * V), image + k, p0, q0, hasBias ? LOAD(b + k) : (vec)(0.0f))
    }
    REPAIR_TILE(check, x + (size_t)place.x * H * W * C, w, image, p0, q0, k0, NV * V)
  }
}

#endif
