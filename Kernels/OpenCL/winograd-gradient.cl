// The kernel gradient of Winograd's algorithms; see winograd-common.cl.

// m[POSITIONS][tiles][K] = A dy A^T of the tiles from `first`. One work-item a tile.
kernel void winograd_delta(
    global const float *restrict dy, global float *restrict m, int first, int tiles, int tileRows, int tileColumns,
    int P, int Q)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int at = first + tile;
  const int p0 = at / tileColumns % tileRows * RESULTS, q0 = at % tileColumns * RESULTS;
  global const float *image = dy + (size_t)(at / (tileRows * tileColumns)) * P * Q * K;
  const size_t step = STEP((size_t)tiles * TILE_STEP(K));
  for (int own = 0; own < K; own += V) {
    const int k = min(own, K - V);
    global float *out = m + (size_t)tile * TILE_STEP(K) + k;
    PREFETCH_PIXELS(PREFETCH, image + k, P, Q, p0, q0 + RESULTS, RESULTS, RESULTS, K)
    vec t[PRODUCTS][RESULTS];
#pragma unroll
    for (int j = 0; j < RESULTS; j++) {
      vec d[RESULTS];
#pragma unroll
      for (int i = 0; i < RESULTS; i++)
        d[i] = p0 + i < P && q0 + j < Q ? LOAD(image + ((size_t)(p0 + i) * Q + q0 + j) * K + k) : (vec)(0.0f);
      DELTA_TRANSFORM(PUT_T, d)
    }
#pragma unroll
    for (int i = 0; i < PRODUCTS; i++) {
      DELTA_TRANSFORM(PUT_V, t[i])
    }
  }
}

// Adds to sum[MR][NV] the products of MR kernels' deltas at `ap` with NV vectors of channels of x at `bp`, which begin at
// `lanes`, for `count` tiles.
#define SUM_TILES(sum, ap, bp, lanes, count)                                           \
  for (int tile = 0; tile < (count); tile++, ap += TILE_STEP(K), bp += TILE_STEP(C)) { \
    vec value[NV];                                                                     \
    UNROLL for (int j = 0; j < NV; j++) value[j] = LOAD(bp + (lanes));                 \
    UNROLL for (int i = 0; i < MR; i++) {                                              \
      const vec delta = (vec)(ap[i]);                                                  \
      UNROLL for (int j = 0; j < NV; j++) sum[i][j] = fma(delta, value[j], sum[i][j]); \
    }                                                                                  \
  }

// G^T p G of the products at `in`, positions `step` apart, to the taps at `out`.
#define TRANSFORM_GRADIENT(in, step, out)                                                        \
  {                                                                                              \
    vec t[TAPS][PRODUCTS];                                                                       \
    UNROLL for (int j = 0; j < PRODUCTS; j++) {                                                  \
      vec p[PRODUCTS];                                                                           \
      UNROLL for (int i = 0; i < PRODUCTS; i++) p[i] = LOAD((in) + (i * PRODUCTS + j) * (step)); \
      GRADIENT_TRANSFORM(PUT_T, p)                                                               \
    }                                                                                            \
    UNROLL for (int i = 0; i < TAPS; i++) { GRADIENT_TRANSFORM(PUT_W, t[i]) }                    \
  }
#define PUT_W(j, value) STORE(value, out + (i * TAPS + j) * C);

#define POSITION_TILES(base, channels) ((base) + xi * STEP((size_t)tiles * TILE_STEP(channels)))

#ifdef AT_ONCE

// dw[K, TAPS, TAPS, C] from all tiles. One work-item KB kernels by NV * V channels, whose products never leave the caches.
// MR divides KB, KB divides K, and NV * V divides C.
kernel void winograd_gradient_at_once(
    global const float *restrict v, global const float *restrict m, global float *restrict dw, int tiles)
{
  local float products[POSITIONS * STEP(KB * NV * V)];
  const int k0 = get_group_id(0) * KB;
  const int c0 = get_group_id(1) * NV * V;
  if (k0 >= K || c0 >= C) return;
  for (int xi = 0; xi < POSITIONS; xi++)
    for (int begin = 0; begin < tiles; begin += TB) {
      const int count = min(TB, tiles - begin);
      for (int k = 0; k < KB; k += MR) {
        local float *out = products + xi * STEP(KB * NV * V) + k * NV * V;
        vec sum[MR][NV];
        ZERO(sum)
        global const float *ap = POSITION_TILES(m, K) + (size_t)begin * TILE_STEP(K) + k0 + k;
        global const float *bp = POSITION_TILES(v, C) + (size_t)begin * TILE_STEP(C) + c0;
        SUM_TILES(sum, ap, bp, j * V, count)
#pragma unroll
        for (int i = 0; i < MR; i++) {
          ADD_SUMS(sum[i], out + i * NV * V, begin == 0)
        }
      }
    }
  for (int k = 0; k < KB; k++)
    for (int c = 0; c < NV * V; c += V) {
      local const float *in = products + k * NV * V + c;
      global float *out = dw + (size_t)(k0 + k) * TAPS * TAPS * C + c0 + c;
      TRANSFORM_GRADIENT(in, STEP(KB * NV * V), out)
    }
}

#else

// products[POSITIONS][K][LANES] += sum over the tiles of m[tile][k] * v[tile][c]; the first range of tiles starts the sum.
// One work-item KB kernels at one position, MR kernels by NV * V channels at a time; K is at least MR, the last MR kernels and
// the last vector of channels start early.
#define LANES ((C + NV * V - 1) / (NV * V) * (NV * V))
kernel void winograd_gradient(
    global const float *restrict v, global const float *restrict m, global float *restrict products, int tiles,
    int isFirst)
{
  const int kBegin = get_global_id(0) * KB, kEnd = min(kBegin + KB, K);
  const int xi = get_global_id(1);
  if (kBegin >= K || xi >= POSITIONS) return;
  for (int begin = 0; begin < tiles; begin += TB) {
    const int count = min(TB, tiles - begin);
    for (int own = kBegin; own < kEnd; own += MR) {
      const int k = min(own, K - MR);
      for (int c = 0; c < LANES; c += NV * V) {
        global float *out = products + xi * STEP((size_t)K * LANES) + (size_t)k * LANES + c;
        vec sum[MR][NV];
        ZERO(sum)
        global const float *ap = POSITION_TILES(m, K) + (size_t)begin * TILE_STEP(K) + k;
        global const float *bp = POSITION_TILES(v, C) + (size_t)begin * TILE_STEP(C);
        SUM_TILES(sum, ap, bp, min(c + j * V, C - V), count)
#pragma unroll
        for (int i = 0; i < MR; i++) {
          if (k + i < own || k + i >= kEnd) continue;
          ADD_SUMS(sum[i], out + (size_t)i * LANES, isFirst && begin == 0)
        }
      }
    }
  }
}

// dw[K, TAPS, TAPS, C] from the products. One work-item a kernel.
kernel void winograd_gradient_sum(global const float *restrict products, global float *restrict dw)
{
  const int k = get_global_id(0);
  if (k >= K) return;
  for (int own = 0; own < C; own += V) {
    const int c = min(own, C - V);
    global const float *in = products + (size_t)k * LANES + own;
    global float *out = dw + (size_t)k * TAPS * TAPS * C + c;
    TRANSFORM_GRADIENT(in, STEP((size_t)K * LANES), out)
  }
}

#endif
