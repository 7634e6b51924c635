// The kernel gradient by Winograd's algorithms. algorithm.h has the mathematics and the constants.
//
// More constants: AT_ONCE if the tiles are so few that the products of some kernels and channels stay in local memory.

#include "include/prefetch.h"
#include "include/register-tile.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"
#include "winograd/input.h"

#define K_PARTS ((K + KB - 1) / KB)

// m[POSITIONS][parts of K][tiles][KB] = A dy A^T of the tiles from `first`; KB divides K or leaves at least V. One
// work-item a tile.
kernel void winograd_delta(
    global const float *restrict dy, global float *restrict m, int first, int tiles, int batch, int tileRows,
    int tileColumns, int P, int Q)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int3 place = tile_place(first + tile, batch, tileRows, tileColumns);
  const int p0 = place.y * RESULTS, q0 = place.z * RESULTS;
  global const float *image = dy + (size_t)place.x * P * Q * K;
  const size_t step = STEP((size_t)tiles * K_PARTS * KB);
  for (int part = 0; part < K_PARTS; part++) {
    const int begin = part * KB, end = min(begin + KB, K);
    for (int own = begin; own < end; own += V) {
      const int k = min(own, end - V);
      global float *out = m + ((size_t)part * tiles + tile) * KB + k - begin;
      PREFETCH_PIXELS(PREFETCH, image + k, P, Q, p0, q0 + RESULTS, RESULTS, RESULTS, K)
      vec t[PRODUCTS][RESULTS];
      UNROLLED_FOR(j, RESULTS) {
        vec d[RESULTS];
        UNROLLED_FOR(i, RESULTS)
          d[i] = p0 + i < P && q0 + j < Q ? LOAD(image + ((size_t)(p0 + i) * Q + q0 + j) * K + k) : (vec)(0.0f);
        DELTA_TRANSFORM(PUT_T, d)
      }
      UNROLLED_FOR(i, PRODUCTS) { DELTA_TRANSFORM(PUT_V, t[i]) }
    }
  }
}

// Adds to sum[MR][NV] the products of MR kernels' deltas at `ap` with NV vectors of channels of x at `bp`, for `count`
// tiles, and advances both.
#define SUM_TILES(sum, ap, bp, count)                                     \
  for (int tile_ = 0; tile_ < (count); tile_++, ap += KB, bp += NV * V) { \
    ADD_OUTER_PRODUCT(sum, MR, i_, ap[i_], NV, j_, LOAD(bp + j_ * V))     \
  }

// G^T p G of the products at `in`, positions `step` apart, to the taps at `out`, of kernel k and channels c; those that
// are not finite are computed again.
#define TRANSFORM_GRADIENT(in, step, out, k, c)                                                 \
  {                                                                                             \
    vec t[TAPS][PRODUCTS], check = (vec)(0.0f);                                                 \
    UNROLLED_FOR(j, PRODUCTS) {                                                                 \
      vec p[PRODUCTS];                                                                          \
      UNROLLED_FOR(i, PRODUCTS) p[i] = LOAD((in) + (i * PRODUCTS + j) * (step));                \
      GRADIENT_TRANSFORM(PUT_T, p)                                                              \
    }                                                                                           \
    UNROLLED_FOR(i, TAPS) { GRADIENT_TRANSFORM(PUT_W, t[i]) }                                   \
    if (HAS_NAN(check * 0.0f)) direct_gradient(x, dy, out, k, c, batch, H, W, P, Q, top, left); \
  }
#define PUT_W(j, value)                      \
  {                                          \
    const vec result = value;                \
    check += result;                         \
    STORE(result, out + (i * TAPS + j) * C); \
  }

// The gradient of kernel k, channels c to c + V - 1, as the definition has it, to the taps at `out`.
void direct_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict out, int k, int c,
    int batch, int H, int W, int P, int Q, int top, int left)
{
  for (int tap = 0; tap < TAPS * TAPS; tap++) {
    vec sum = (vec)(0.0f), error = (vec)(0.0f);
    for (int row = 0; row < batch * P && !ARE_NAN(sum); row++) {
      const int i = row % P - top + tap / TAPS;
      if (i < 0 || i >= H) continue;
      global const float *delta = dy + (size_t)row * Q * K + k;
      global const float *in = x + (size_t)(row / P * H + i) * W * C + c;
      for (int q = 0; q < Q; q++) {
        const int j = q - left + tap % TAPS;
        if (j >= 0 && j < W) ADD_EXACTLY(vec, sum, error, delta[(size_t)q * K] * LOAD(in + (size_t)j * C))
      }
    }
    STORE(EXACT_SUM(sum, error), out + tap * C);
  }
}

// The transforms of a part from tile `begin`.
#define PART_TILES(base, parts, part, lanes) \
  ((base) + xi * STEP((size_t)tiles * (parts) * (lanes)) + ((size_t)(part)*tiles + begin) * (lanes))

#ifdef AT_ONCE

// dw[K, TAPS, TAPS, C] from all tiles. One work-item KB kernels by NV * V channels, whose products never leave the
// caches. MR divides KB, KB divides K, and NV * V divides C.
kernel void winograd_gradient_at_once(
    global const float *restrict v, global const float *restrict m, global float *restrict dw, int first, int tiles,
    int batch, int tileRows, int tileColumns, global const float *restrict x, global const float *restrict dy, int H,
    int W, int P, int Q, int top, int left)
{
  local float products[POSITIONS * STEP(KB * NV * V)];
  const int k0 = get_group_id(0) * KB;
  const int c0 = get_group_id(1) * NV * V;
  if (k0 >= K || c0 >= C) return;
  for (int xi = 0; xi < POSITIONS; xi++) {
    const int2 kept = tiles_with(xi, first, tiles, batch, tileRows, tileColumns);
    // A position that no tile has still has to write its zeros.
    for (int begin = kept.x; begin < kept.y || begin == kept.x; begin += TB) {
      const int count = min(TB, kept.y - begin);
      for (int k = 0; k < KB; k += MR) {
        local float *out = products + xi * STEP(KB * NV * V) + k * NV * V;
        vec sum[MR][NV];
        SET_TILE(sum, MR, NV, j, (vec)(0.0f))
        global const float *ap = PART_TILES(m, K_PARTS, get_group_id(0), KB) + k;
        global const float *bp = PART_TILES(v, C_PARTS, get_group_id(1), NV * V);
        SUM_TILES(sum, ap, bp, count)
        UNROLLED_FOR(i, MR) { ADD_SUMS(sum[i], out + i * NV * V, begin == kept.x) }
      }
    }
  }
  for (int k = 0; k < KB; k++)
    for (int c = 0; c < NV * V; c += V) {
      local const float *in = products + k * NV * V + c;
      global float *out = dw + (size_t)(k0 + k) * TAPS * TAPS * C + c0 + c;
      TRANSFORM_GRADIENT(in, STEP(KB * NV * V), out, k0 + k, c0 + c)
    }
}

#else

// products[POSITIONS][K][LANES] += sum over the tiles of m[tile][k] * v[tile][c]; the first range of tiles starts the
// sum. One work-item KB kernels at one position, MR kernels by NV * V channels at a time; the last MR kernels of a part
// start early, and so does the last vector of channels.
#define LANES (C_PARTS * NV * V)
kernel void winograd_gradient(
    global const float *restrict v, global const float *restrict m, global float *restrict products, int first,
    int tiles, int batch, int tileRows, int tileColumns)
{
  const int part = get_global_id(0), kBegin = part * KB, kEnd = min(kBegin + KB, K);
  const int xi = get_global_id(1);
  if (kBegin >= K || xi >= POSITIONS) return;
  const int2 kept = tiles_with(xi, first, tiles, batch, tileRows, tileColumns);
  // A position that no tile of the first range has still has to write its zeros.
  for (int begin = kept.x; begin < kept.y || (first == 0 && begin == kept.x); begin += TB) {
    const int count = min(TB, kept.y - begin);
    for (int own = kBegin; own < kEnd; own += MR) {
      const int k = min(own, kEnd - MR);
      for (int c = 0; c < LANES; c += NV * V) {
        global float *out = products + xi * STEP((size_t)K * LANES) + (size_t)k * LANES + c;
        UNROLLED_FOR(i, MR * NV) PREFETCH_TO_WRITE(out + (size_t)(i / NV) * LANES + i % NV * V);
        vec sum[MR][NV];
        SET_TILE(sum, MR, NV, j, (vec)(0.0f))
        global const float *ap = PART_TILES(m, K_PARTS, part, KB) + k - kBegin;
        global const float *bp = PART_TILES(v, C_PARTS, c / (NV * V), NV * V);
        SUM_TILES(sum, ap, bp, count)
        UNROLLED_FOR(i, MR) {
          if (k + i < own) continue;
          ADD_SUMS(sum[i], out + (size_t)i * LANES, first == 0 && begin == kept.x)
        }
      }
    }
  }
}

// dw[K, TAPS, TAPS, C] from the products. One work-item a kernel.
kernel void winograd_gradient_sum(
    global const float *restrict products, global float *restrict dw, int batch, global const float *restrict x,
    global const float *restrict dy, int H, int W, int P, int Q, int top, int left)
{
  const int k = get_global_id(0);
  if (k >= K) return;
  for (int own = 0; own < C; own += V) {
    const int c = min(own, C - V);
    global const float *in = products + (size_t)k * LANES + own;
    global float *out = dw + (size_t)k * TAPS * TAPS * C + c;
    TRANSFORM_GRADIENT(in, STEP((size_t)K * LANES), out, k, c)
  }
}

#endif
