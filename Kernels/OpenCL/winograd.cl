// 3x3 convolution at unit stride by Winograd's F(4x4, 3x3), after Lavin and Gray, "Fast Algorithms for Convolutional
// Neural Networks" (2015): 36 multiplications for a tile of 4x4 results, where the direct sum takes 144.
//
// A 6x6 input tile d becomes v = B^T d B, a kernel g becomes u = G g G^T; their products, summed over the channels for
// each of the 36 positions, are m, and the 4x4 results are A^T m A. The kernel gradient is the adjoint: the 4x4 output
// deltas become A dy A^T, their products with v are summed over all tiles, and dw = G^T (that) G.
//
// The 36 positions of a transform lie STEP(their elements) apart: without the vector between them they would often fall into
// the same set of a cache, whose ways are fewer.
//
// C and K, the input and output channels, are multiples of V. All channel counts here are those of the correlation that
// is done: for the delta, x is dy, C its channels and the kernels are rotated.

#define STEP(elements) ((elements) + V)

// B^T d for six vectors.
#define INPUT_TRANSFORM(out, d0, d1, d2, d3, d4, d5)              \
  {                                                               \
    const vec even = fma((vec)(-4.0f), d2, d4), odd = fma((vec)(-4.0f), d1, d3); \
    const vec near = d4 - d2, far = 2.0f * (d3 - d1);             \
    out(0, fma((vec)(4.0f), d0, fma((vec)(-5.0f), d2, d4)))       \
    out(1, even + odd)                                            \
    out(2, even - odd)                                            \
    out(3, near + far)                                            \
    out(4, near - far)                                            \
    out(5, fma((vec)(4.0f), d1, fma((vec)(-5.0f), d3, d5)))       \
  }

// G g for three vectors.
#define KERNEL_TRANSFORM(out, g0, g1, g2)                                                  \
  {                                                                                        \
    const vec ends = (g0 + g2) * (-1.0f / 6.0f), middle = g1 * (-1.0f / 6.0f);             \
    const vec wide = fma((vec)(1.0f / 24.0f), g0, g2 * (1.0f / 6.0f)), slant = g1 * (1.0f / 12.0f); \
    out(0, g0 * 0.25f)                                                                     \
    out(1, ends + middle)                                                                  \
    out(2, ends - middle)                                                                  \
    out(3, wide + slant)                                                                   \
    out(4, wide - slant)                                                                   \
    out(5, g2)                                                                             \
  }

// A^T m for six vectors.
#define OUTPUT_TRANSFORM(out, m0, m1, m2, m3, m4, m5)                        \
  {                                                                          \
    const vec sum1 = m1 + m2, difference1 = m1 - m2;                         \
    const vec sum2 = m3 + m4, difference2 = m3 - m4;                         \
    out(0, m0 + sum1 + sum2)                                                 \
    out(1, fma((vec)(2.0f), difference2, difference1))                       \
    out(2, fma((vec)(4.0f), sum2, sum1))                                     \
    out(3, fma((vec)(8.0f), difference2, difference1) + m5)                  \
  }

// A dy for four vectors.
#define DELTA_TRANSFORM(out, d0, d1, d2, d3)                                           \
  {                                                                                    \
    const vec even = d0 + d2, odd = d1 + d3;                                           \
    const vec wideEven = fma((vec)(4.0f), d2, d0), wideOdd = fma((vec)(8.0f), d3, 2.0f * d1); \
    out(0, d0)                                                                         \
    out(1, even + odd)                                                                 \
    out(2, even - odd)                                                                 \
    out(3, wideEven + wideOdd)                                                         \
    out(4, wideEven - wideOdd)                                                         \
    out(5, d3)                                                                         \
  }

// G^T d for six vectors.
#define GRADIENT_TRANSFORM(out, d0, d1, d2, d3, d4, d5)                                       \
  {                                                                                           \
    const vec sum1 = (d1 + d2) * (-1.0f / 6.0f), difference1 = (d2 - d1) * (1.0f / 6.0f);     \
    const vec sum2 = d3 + d4, difference2 = (d3 - d4) * (1.0f / 12.0f);                       \
    out(0, fma((vec)(0.25f), d0, fma((vec)(1.0f / 24.0f), sum2, sum1)))                       \
    out(1, difference1 + difference2)                                                         \
    out(2, fma((vec)(1.0f / 6.0f), sum2, sum1) + d5)                                          \
  }

// G g G^T for V kernels from `k` by V channels from `c0`, to `out`: channels NV * V floats apart, positions `step`. The
// kernels are w[K, 3, 3, C], or with ROTATED w[C, 3, 3, K] rotated by 180 degrees.
#ifdef ROTATED
#define GET_TAPS                      \
  for (int l = 0; l < V; l++)         \
    for (int t = 0; t < 9; t++) STORE(LOAD(w + ((size_t)(c0 + l) * 9 + 8 - t) * K + k), taps[t][l]);
#else
#define GET_TAPS                                                                                        \
  for (int t = 0; t < 9; t++) {                                                                         \
    vec block[V];                                                                                       \
    _Pragma("unroll") for (int l = 0; l < V; l++) block[l] = LOAD(w + ((size_t)(k + l) * 9 + t) * C + c0); \
    TRANSPOSE(block)                                                                                    \
    _Pragma("unroll") for (int l = 0; l < V; l++) STORE(block[l], taps[t][l]);                          \
  }
#endif
#define TRANSFORM_KERNELS(space, out, step)                                                        \
  {                                                                                                \
    float taps[9][V][V];                                                                           \
    GET_TAPS                                                                                       \
    for (int c = 0; c < V; c++) {                                                                  \
      vec rows[6][3];                                                                              \
      _Pragma("unroll") for (int j = 0; j < 3; j++) {                                              \
        KERNEL_TRANSFORM(PUT_ROW, LOAD(taps[j][c]), LOAD(taps[3 + j][c]), LOAD(taps[6 + j][c]))    \
      }                                                                                            \
      space float *place = (out) + c * NV * V;                                                     \
      _Pragma("unroll") for (int i = 0; i < 6; i++) {                                              \
        KERNEL_TRANSFORM(PUT_U, rows[i][0], rows[i][1], rows[i][2])                                \
        place += 6 * (step);                                                                       \
      }                                                                                            \
    }                                                                                              \
  }
#define PUT_ROW(i, value) rows[i][j] = value;
#define PUT_U(j, value) STORE(value, place + j * POSITION_STEP);

// u[36][K / (NV * V)][C][NV * V]. One work-item NV * V kernels by V channels.
#define POSITION_STEP STEP((size_t)K * C)
kernel void winograd_pack(global const float *restrict w, global float *restrict u)
{
  const int block = get_global_id(0);
  const int c0 = get_global_id(1) * V;
  if (block >= K / (NV * V) || c0 >= C) return;
  for (int j = 0; j < NV; j++) {
    const int k = (block * NV + j) * V;
    global float *out = u + ((size_t)block * C + c0) * (NV * V) + j * V;
    TRANSFORM_KERNELS(global, out, POSITION_STEP)
  }
}
#undef POSITION_STEP

// B^T d B of the tile whose first input row and column are (i0, j0), for V channels, to `out`, positions `step` apart.
#define TRANSFORM_INPUT_TILE(image, H, W, i0, j0, channels)                                               \
  if (i0 >= 0 && i0 + 6 <= (H) && j0 >= 0 && j0 + 6 <= (W)) {                                             \
    TRANSFORM_INPUT(GET_INSIDE, image, H, W, i0, j0, channels)                                            \
  } else {                                                                                                \
    TRANSFORM_INPUT(GET_CHECKED, image, H, W, i0, j0, channels)                                           \
  }
#define TRANSFORM_INPUT(GET, image, H, W, i0, j0, channels)                                               \
  {                                                                                                       \
    vec t[6][6];                                                                                          \
    global const float *corner = (image) + ((long)(i0) * (W) + (j0)) * (channels);                        \
    _Pragma("unroll") for (int j = 0; j < 6; j++) {                                                       \
      vec d[6];                                                                                           \
      _Pragma("unroll") for (int i = 0; i < 6; i++) d[i] = GET(H, W, i0, j0, channels);                   \
      INPUT_TRANSFORM(PUT_T, d[0], d[1], d[2], d[3], d[4], d[5])                                          \
    }                                                                                                     \
    _Pragma("unroll") for (int i = 0; i < 6; i++) {                                                       \
      INPUT_TRANSFORM(PUT_V, t[i][0], t[i][1], t[i][2], t[i][3], t[i][4], t[i][5])                        \
    }                                                                                                     \
  }
#define GET_INSIDE(H, W, i0, j0, channels) LOAD(corner + ((long)i * (W) + j) * (channels))
#define GET_CHECKED(H, W, i0, j0, channels)                                                               \
  (i0) + i >= 0 && (i0) + i < (H) && (j0) + j >= 0 && (j0) + j < (W) ? GET_INSIDE(H, W, i0, j0, channels) \
                                                                     : (vec)(0.0f)
#define PUT_T(i, value) t[i][j] = value;
#define PUT_V(j, value) STORE(value, out + (i * 6 + j) * step);

#define ZERO(sum)                                \
  _Pragma("unroll") for (int i = 0; i < MR; i++) \
      _Pragma("unroll") for (int j = 0; j < NV; j++) sum[i][j] = (vec)(0.0f);

// Adds the products of MR tiles at `ap`, `count` floats apart, with NV * V channels of the kernels at `bp`, for `count`
// channels.
#define MULTIPLY(sum, ap, bp, count)                                                              \
  {                                                                                               \
    for (int c = 0; c < count; c++, ap++, bp += NV * V) {                                         \
      vec weight[NV];                                                                             \
      _Pragma("unroll") for (int j = 0; j < NV; j++) weight[j] = LOAD(bp + j * V);                \
      _Pragma("unroll") for (int i = 0; i < MR; i++) {                                            \
        const vec value = (vec)(ap[i * count]);                                                   \
        _Pragma("unroll") for (int j = 0; j < NV; j++) sum[i][j] = fma(value, weight[j], sum[i][j]); \
      }                                                                                           \
    }                                                                                             \
  }

// Adds NV sums of a part to those of the parts before, which rounds less than one sum of all.
#define ADD_SUMS(sums, place, isFirst)             \
  _Pragma("unroll") for (int j = 0; j < NV; j++)   \
      STORE((isFirst) ? sums[j] : LOAD((place) + j * V) + sums[j], (place) + j * V);

// A^T m A of the products at `in`, positions `step` apart, plus `bias`, to the results from (p0, q0) that lie in the image.
#define STORE_OUTPUT_TILE(in, step, image, p0, q0, bias)                                          \
  {                                                                                               \
    vec t[4][6];                                                                                  \
    _Pragma("unroll") for (int j = 0; j < 6; j++) {                                               \
      vec d[6];                                                                                   \
      _Pragma("unroll") for (int i = 0; i < 6; i++) d[i] = LOAD((in) + (i * 6 + j) * (step));     \
      OUTPUT_TRANSFORM(PUT_T, d[0], d[1], d[2], d[3], d[4], d[5])                                 \
    }                                                                                             \
    const vec shift = bias;                                                                       \
    _Pragma("unroll") for (int i = 0; i < 4; i++) {                                               \
      if ((p0) + i >= P) continue;                                                                \
      global float *row = (image) + ((size_t)((p0) + i) * Q + (q0)) * K;                          \
      OUTPUT_TRANSFORM(PUT_Y, t[i][0], t[i][1], t[i][2], t[i][3], t[i][4], t[i][5])               \
    }                                                                                             \
  }
#define PUT_Y(j, value) if (q0 + j < Q) STORE_RESULT((value) + shift, row + j * K, y)

#ifdef FUSED

// The whole correlation of TB tiles: their transforms stay in the core's cache. KB output channels are done at a time.
kernel void winograd_correlate(
    global const float *restrict x, global const float *restrict u, global const float *restrict b,
    global float *restrict y, int tiles, int tileRows, int tileColumns, int H, int W, int top, int left, int P, int Q,
    int hasBias EPILOGUE_PARAMETERS)
{
  local float v[36 * STEP(TB * C)];
  local float m[36 * STEP(TB * KB)];
  const int first = get_group_id(0) * TB;
  if (first >= tiles) return;
  const int step = STEP(TB * C);
  for (int tile = 0; tile < TB; tile++) {
    const int at = min(first + tile, tiles - 1);
    const int i0 = at / tileColumns % tileRows * 4 - top, j0 = at % tileColumns * 4 - left;
    global const float *image = x + (size_t)(at / (tileRows * tileColumns)) * H * W * C;
    for (int c = 0; c < C; c += V) {
      global const float *in = image + c;
      local float *out = v + tile * C + c;
      TRANSFORM_INPUT_TILE(in, H, W, i0, j0, C)
    }
  }
  for (int k0 = 0; k0 < K; k0 += KB) {
    for (int xi = 0; xi < 36; xi++)
      for (int k = 0; k < KB; k += NV * V)
        for (int tile = 0; tile < TB; tile += MR) {
          vec sum[MR][NV];
          ZERO(sum)
          local const float *ap = v + xi * step + tile * C;
          global const float *bp = u + xi * STEP((size_t)K * C) + (size_t)(k0 + k) * C;
          MULTIPLY(sum, ap, bp, C)
#pragma unroll
          for (int i = 0; i < MR; i++)
#pragma unroll
            for (int j = 0; j < NV; j++) STORE(sum[i][j], m + xi * STEP(TB * KB) + (tile + i) * KB + k + j * V);
        }
    for (int tile = 0; tile < TB && first + tile < tiles; tile++) {
      const int at = first + tile;
      const int p0 = at / tileColumns % tileRows * 4, q0 = at % tileColumns * 4;
      global float *image = y + (size_t)(at / (tileRows * tileColumns)) * P * Q * K;
      for (int k = 0; k < KB; k += V) {
        local const float *in = m + tile * KB + k;
        STORE_OUTPUT_TILE(in, STEP(TB * KB), image + k0 + k, p0, q0, hasBias ? LOAD(b + k0 + k) : (vec)(0.0f))
      }
    }
  }
}

#else

// Tiles of a gradient lie as far apart as STEP says, for the reason that positions do.
#ifdef GRADIENT
#define TILE_STEP(channels) STEP(channels)
#else
#define TILE_STEP(channels) (channels)
#endif

// v[36][C / CB][tiles][CB], the transforms of the tiles from `first`. One work-item a tile.
kernel void winograd_input(
    global const float *restrict x, global float *restrict v, int first, int tiles, int tileRows, int tileColumns,
    int H, int W, int top, int left)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int at = first + tile;
  const int i0 = at / tileColumns % tileRows * 4 - top, j0 = at % tileColumns * 4 - left;
  global const float *image = x + (size_t)(at / (tileRows * tileColumns)) * H * W * C;
  const size_t step = STEP((size_t)tiles * (C / CB) * TILE_STEP(CB));
  for (int c = 0; c < C; c += V) {
    global const float *in = image + c;
    global float *out = v + ((size_t)(c / CB) * tiles + tile) * TILE_STEP(CB) + c % CB;
    TRANSFORM_INPUT_TILE(in, H, W, i0, j0, C)
  }
}

#ifndef GRADIENT

// y of the tiles from `first`, at most TB and at least MR, from v and w. Kernels are transformed where they are used, which
// takes less time than to write and read them. One work-item NV * V channels, CB channels of x at a time; the last MR tiles
// start early.
#define POSITION_STEP STEP(CB * NV * V)
#ifdef ROTATED
#define NEXT_WEIGHTS(line) (w + ((size_t)(chunk + CB) * 9 + (line) / NV) * K + k0 + (line) % NV * V)
#else
#define NEXT_WEIGHTS(line) (w + ((size_t)k0 * 9 + (line) / (CB / V)) * C + chunk + CB + (line) % (CB / V) * V)
#endif
kernel void winograd_transform_multiply(
    global const float *restrict v, global const float *restrict w, global const float *restrict b,
    global float *restrict y, int first, int tiles, int tileRows, int tileColumns, int P, int Q,
    int hasBias EPILOGUE_PARAMETERS)
{
  local float u[36 * POSITION_STEP];
  local float m[36 * STEP(TB * NV * V)];
  const int k0 = get_group_id(0) * NV * V;
  if (k0 >= K) return;
  for (int chunk = 0; chunk < C; chunk += CB) {
    for (int c0 = chunk; c0 < chunk + CB; c0 += V)
      for (int j = 0; j < NV; j++) {
        const int k = k0 + j * V;
        local float *out = u + (c0 - chunk) * NV * V + j * V;
        TRANSFORM_KERNELS(local, out, POSITION_STEP)
      }
    global const float *chunkTiles = v + (size_t)chunk * tiles;
    for (int xi = 0; xi < 36; xi++) {
      if (chunk + CB < C) {
#pragma unroll
        for (int i = 0; i < NV * V * CB / 64; i++) PREFETCH(NEXT_WEIGHTS(xi * (NV * V * CB / 64) + i));
      }
      for (int own = 0; own < tiles; own += MR) {
        const int tile = min(own, tiles - MR);
        local float *products = m + xi * STEP(TB * NV * V) + tile * NV * V;
        vec sum[MR][NV];
        ZERO(sum)
        global const float *ap = chunkTiles + xi * STEP((size_t)C * tiles) + tile * CB;
        local const float *bp = u + xi * POSITION_STEP;
        // The next tiles lie behind these, or at the next position.
        global const float *next = own + MR < tiles ? ap + MR * CB : chunkTiles + min(xi + 1, 35) * STEP((size_t)C * tiles);
#pragma unroll
        for (int i = 0; i < MR * CB; i += 16) PREFETCH(next + i);
        MULTIPLY(sum, ap, bp, CB)
#pragma unroll
        for (int i = 0; i < MR; i++) {
          if (tile + i < own) continue;
          ADD_SUMS(sum[i], products + i * NV * V, chunk == 0)
        }
      }
    }
  }
  for (int tile = 0; tile < tiles; tile++) {
    const int at = first + tile;
    const int p0 = at / tileColumns % tileRows * 4, q0 = at % tileColumns * 4;
    global float *image = y + (size_t)(at / (tileRows * tileColumns)) * P * Q * K + k0;
    for (int k = 0; k < NV * V; k += V) {
      local const float *in = m + tile * NV * V + k;
      STORE_OUTPUT_TILE(in, STEP(TB * NV * V), image + k, p0, q0, hasBias ? LOAD(b + k0 + k) : (vec)(0.0f))
    }
  }
}
#undef POSITION_STEP

#else

// m[36][tiles][K] = A dy A^T of the tiles from `first`. One work-item a tile.
kernel void winograd_delta(
    global const float *restrict dy, global float *restrict m, int first, int tiles, int tileRows, int tileColumns,
    int P, int Q)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int at = first + tile;
  const int p0 = at / tileColumns % tileRows * 4, q0 = at % tileColumns * 4;
  global const float *image = dy + (size_t)(at / (tileRows * tileColumns)) * P * Q * K;
  const size_t step = STEP((size_t)tiles * TILE_STEP(K));
  for (int k = 0; k < K; k += V) {
    global float *out = m + (size_t)tile * TILE_STEP(K) + k;
    vec t[6][4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      vec d[4];
#pragma unroll
      for (int i = 0; i < 4; i++)
        d[i] = p0 + i < P && q0 + j < Q ? LOAD(image + ((size_t)(p0 + i) * Q + q0 + j) * K + k) : (vec)(0.0f);
      DELTA_TRANSFORM(PUT_T, d[0], d[1], d[2], d[3])
    }
#pragma unroll
    for (int i = 0; i < 6; i++) {
      DELTA_TRANSFORM(PUT_V, t[i][0], t[i][1], t[i][2], t[i][3])
    }
  }
}

// Adds to sum[MR][NV] the products of MR kernels' deltas at `ap` with NV * V channels of x at `bp`, for `count` tiles.
#define SUM_TILES(sum, ap, bp, count)                                                                  \
  for (int tile = 0; tile < (count); tile++, ap += TILE_STEP(K), bp += TILE_STEP(C)) {                 \
    vec value[NV];                                                                                     \
    _Pragma("unroll") for (int j = 0; j < NV; j++) value[j] = LOAD(bp + j * V);                        \
    _Pragma("unroll") for (int i = 0; i < MR; i++) {                                                   \
      const vec delta = (vec)(ap[i]);                                                                  \
      _Pragma("unroll") for (int j = 0; j < NV; j++) sum[i][j] = fma(delta, value[j], sum[i][j]);      \
    }                                                                                                  \
  }

// G^T p G of the products at `in`, positions `step` apart, to the nine taps at `out`.
#define TRANSFORM_GRADIENT(in, step, out)                                                              \
  {                                                                                                    \
    vec t[3][6];                                                                                       \
    _Pragma("unroll") for (int j = 0; j < 6; j++) {                                                    \
      vec d[6];                                                                                        \
      _Pragma("unroll") for (int i = 0; i < 6; i++) d[i] = LOAD((in) + (i * 6 + j) * (step));          \
      GRADIENT_TRANSFORM(PUT_T, d[0], d[1], d[2], d[3], d[4], d[5])                                    \
    }                                                                                                  \
    _Pragma("unroll") for (int i = 0; i < 3; i++) {                                                    \
      GRADIENT_TRANSFORM(PUT_W, t[i][0], t[i][1], t[i][2], t[i][3], t[i][4], t[i][5])                  \
    }                                                                                                  \
  }
#define PUT_W(j, value) STORE(value, out + (i * 3 + j) * C);

#ifdef AT_ONCE

// dw[K, 3, 3, C] from all tiles. One work-item KB kernels by NV * V channels, whose products never leave the caches. MR
// divides KB.
kernel void winograd_gradient_at_once(
    global const float *restrict v, global const float *restrict m, global float *restrict dw, int tiles)
{
  local float products[36 * STEP(KB * NV * V)];
  const int k0 = get_group_id(0) * KB;
  const int c0 = get_group_id(1) * NV * V;
  if (k0 >= K || c0 >= C) return;
  for (int xi = 0; xi < 36; xi++)
    for (int begin = 0; begin < tiles; begin += TB) {
      const int count = min(TB, tiles - begin);
      for (int k = 0; k < KB; k += MR) {
        local float *out = products + xi * STEP(KB * NV * V) + k * NV * V;
        vec sum[MR][NV];
        ZERO(sum)
        global const float *ap = m + xi * STEP((size_t)tiles * TILE_STEP(K)) + (size_t)begin * TILE_STEP(K) + k0 + k;
        global const float *bp = v + xi * STEP((size_t)tiles * TILE_STEP(C)) + (size_t)begin * TILE_STEP(C) + c0;
        SUM_TILES(sum, ap, bp, count)
#pragma unroll
        for (int i = 0; i < MR; i++) {
          ADD_SUMS(sum[i], out + i * NV * V, begin == 0)
        }
      }
    }
  for (int k = 0; k < KB; k++)
    for (int c = 0; c < NV * V; c += V) {
      local const float *in = products + k * NV * V + c;
      global float *out = dw + (size_t)(k0 + k) * 9 * C + c0 + c;
      TRANSFORM_GRADIENT(in, STEP(KB * NV * V), out)
    }
}

#else

// products[36][K][C] += sum over the tiles of m[tile][k] * v[tile][c]; the first range of tiles starts the sum. One
// work-item KB kernels at one of the 36 positions, MR kernels by NV * V channels at a time; KB is at least MR and divides
// K, and the last MR start early.
kernel void winograd_gradient(
    global const float *restrict v, global const float *restrict m, global float *restrict products, int tiles,
    int isFirst)
{
  const int kBegin = get_global_id(0) * KB;
  const int xi = get_global_id(1);
  if (kBegin >= K || xi >= 36) return;
  for (int begin = 0; begin < tiles; begin += TB) {
    const int count = min(TB, tiles - begin);
    for (int own = kBegin; own < kBegin + KB; own += MR) {
      const int k = min(own, kBegin + KB - MR);
      for (int c = 0; c < C; c += NV * V) {
        global float *out = products + xi * STEP((size_t)K * C) + (size_t)k * C + c;
        vec sum[MR][NV];
        ZERO(sum)
        global const float *ap = m + xi * STEP((size_t)tiles * TILE_STEP(K)) + (size_t)begin * TILE_STEP(K) + k;
        global const float *bp = v + xi * STEP((size_t)tiles * TILE_STEP(C)) + (size_t)begin * TILE_STEP(C) + c;
        SUM_TILES(sum, ap, bp, count)
#pragma unroll
        for (int i = 0; i < MR; i++) {
          if (k + i < own) continue;
          ADD_SUMS(sum[i], out + (size_t)i * C, isFirst && begin == 0)
        }
      }
    }
  }
}

// dw[K, 3, 3, C] from the products. One work-item a kernel.
kernel void winograd_gradient_sum(global const float *restrict products, global float *restrict dw)
{
  const int k = get_global_id(0);
  if (k >= K) return;
  for (int c = 0; c < C; c += V) {
    global const float *in = products + (size_t)k * C + c;
    global float *out = dw + (size_t)k * 9 * C + c;
    TRANSFORM_GRADIENT(in, STEP((size_t)K * C), out)
  }
}

#endif
#endif
#endif
