// The delta of a convolution's input with few channels, which would leave most lanes of a vector empty. Here
// neighbouring lanes are neighbouring pixels of dy. Each row of dy[N, P, Q, K] is multiplied with all taps of w[K, R,
// S, C], and each row of dx[N, H, W, C] gathers the products that fall on it, which stay in the core's cache.
//
// Along a row, tap s of pixel q falls on column q * u + s * d of the padded dx. So the columns with the same remainder
// by the stride u are a phase, in which the products of a tap are contiguous, shifted by SHIFT(s).
//
// Constants: TILE x NV, the register tile: taps by vectors of pixels; K, C, R, S, strides and dilations of the
// convolution; Q_LANES, the pixels of a row of dy rounded up, and Q_STEP, their distance from one kernel to the next;
// PAD, the zeros before the products of a tap, which lie STEP apart; RING, the rows of products that are kept; LANES,
// the columns of a phase; PART, the kernels that are summed up at a time; EPILOGUE.

#ifdef PARSE_ONLY
#define NV 2
#define TILE 5
#define K 64
#define C 3
#define R 5
#define S 5
#define ROW_STRIDE 1
#define COLUMN_STRIDE 1
#define ROW_DILATION 1
#define COLUMN_DILATION 1
#define Q_LANES 32
#define Q_STEP 48
#define LANES 48
#define PAD 16
#define STEP 64
#define RING 5
#define PART 256
#endif

// Where many taps reach a position, some of them are added up at a time.
#define TAPS_PER_PART 32
#if R * S > 64
#define PARTS
#endif

#include "include/epilogue.h"
#include "include/prefetch.h"
#include "include/register-tile.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"

#define TAPS (R * S * C)
#define TAP(r, s, c) (((r)*S + (s)) * C + (c))
#define SHIFT(s) ((s)*COLUMN_DILATION / COLUMN_STRIDE)
#define PHASE(s) ((s)*COLUMN_DILATION % COLUMN_STRIDE)
// The floats of a row of dy for each tile of products.
#define TILES ((TAPS + TILE - 1) / TILE * (Q_LANES / (NV * V)))
#define PREFETCHED ((Q_LANES * K + TILES - 1) / TILES)

// dyT[K][Q_STEP], a row of dy whose pixels are neighbours, with zeros behind them.
#if K >= V
#define TRANSPOSE_ROW(row, dyT)                                                                        \
  for (int q = 0; q < Q_LANES; q += V)                                                                 \
    for (int own = 0; own < K; own += V) {                                                             \
      const int k = min(own, K - V);                                                                   \
      vec block[V];                                                                                    \
      if (q + V <= Q)                                                                                  \
        UNROLLED_FOR(l, V) block[l] = LOAD((row) + (size_t)(q + l) * K + k);                           \
      else                                                                                             \
        UNROLLED_FOR(l, V) block[l] = q + l < Q ? LOAD((row) + (size_t)(q + l) * K + k) : (vec)(0.0f); \
      TRANSPOSE(block)                                                                                 \
      UNROLLED_FOR(l, V) STORE(block[l], (dyT) + (k + l) * Q_STEP + q);                                \
    }
#else
#define TRANSPOSE_ROW(row, dyT) \
  for (int k = 0; k < K; k++)   \
    for (int q = 0; q < Q_LANES; q++) (dyT)[k * Q_STEP + q] = q < Q ? (row)[(size_t)q * K + k] : 0.0f;
#endif

// dx[N, H, W, C] from dy[N, P, Q, K] and w[K, R, S, C]. One work-item a band of rows of an image. PAD zeros lie before
// the products of a tap, and some behind; the rows of products that a row of dx needs are among RING. The last TILE
// taps start early.
kernel void convolution_delta_gather(
    global const float *restrict dy, global const float *restrict w, global float *restrict dx, int items, int bands,
    int H, int W, int P, int Q, int top, int left EPILOGUE_PARAMETERS)
{
  local float dyT[K * Q_STEP];
  local float products[RING * TAPS * STEP];
  local float sums[COLUMN_STRIDE * C * LANES];
  const int item = get_group_id(0);
  if (item >= items) return;
  const int n = item / bands, band = item % bands;
  const int begin = (long)H * band / bands, end = (long)H * (band + 1) / bands;
  for (int i = 0; i < RING * TAPS * STEP; i += V) STORE((vec)(0.0f), products + i);
#if K * TAPS >= V
  // A weight that is not finite makes NaN of the zeros behind a row of dy, which rows of dx then gather.
  vec checks[4] = {(vec)(0.0f), (vec)(0.0f), (vec)(0.0f), (vec)(0.0f)};
  for (int i = 0; i < K * TAPS; i += 4 * V)
    UNROLLED_FOR(j, 4) checks[j] = fma(LOAD(w + min(i + j * V, K * TAPS - V)), (vec)(0.0f), checks[j]);
  const int isFinite = !HAS_NAN(checks[0] + checks[1] + checks[2] + checks[3]);
#else
  const int isFinite = 0;
#endif
  int p = (max(0, begin + top - (R - 1) * ROW_DILATION) + ROW_STRIDE - 1) / ROW_STRIDE;
  for (int i = begin; i < end; i++) {
    for (; p <= min((i + top) / ROW_STRIDE, P - 1); p++) {
      global const float *pixels = dy + ((size_t)n * P + p) * Q * K;
      TRANSPOSE_ROW(pixels, dyT)
      // Each tile prefetches a part of the next row.
      global const float *next = pixels + (p + 1 < P ? Q * K : 0), *nextEnd = next + Q * K;
      local float *out = products + p % RING * TAPS * STEP + PAD;
      for (int own = 0; own < TAPS; own += TILE) {
        const int tap = min(own, TAPS - TILE);
        for (int q = 0; q < Q_LANES; q += NV * V) {
          for (int i = 0; i < PREFETCHED && next < nextEnd; i += 16, next += 16) PREFETCH(next);
          vec sum[TILE][NV];
          SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
#if K > PART
          // The sums of the parts add up where the products wait.
          for (int k = 0; k < K; k += PART) {
            for (int term = k; term < min(k + PART, K); term++)
              ADD_OUTER_PRODUCT(
                  sum, TILE, m, w[(size_t)term * TAPS + tap + m], NV, j, LOAD(dyT + term * Q_STEP + q + j * V))
            UNROLLED_FOR(m, TILE)
              UNROLLED_FOR(j, NV) {
                local float *place = out + (tap + m) * STEP + q + j * V;
                STORE(k == 0 ? sum[m][j] : LOAD(place) + sum[m][j], place);
                sum[m][j] = (vec)(0.0f);
              }
          }
#else
          for (int k = 0; k < K; k++)
            ADD_OUTER_PRODUCT(sum, TILE, m, w[(size_t)k * TAPS + tap + m], NV, j, LOAD(dyT + k * Q_STEP + q + j * V))
          UNROLLED_FOR(m, TILE)
            UNROLLED_FOR(j, NV) STORE(sum[m][j], out + (tap + m) * STEP + q + j * V);
#endif
        }
      }
      if (!isFinite)
        for (int tap = 0; tap < TAPS; tap++)
          for (int q = Q; q < Q_LANES; q++) out[tap * STEP + q] = 0.0f;
    }
    UNROLLED_FOR(phase, COLUMN_STRIDE)
      for (int c = 0; c < C; c++)
        for (int lane = 0; lane < LANES; lane += V) {
          vec sum = (vec)(0.0f);
          BEGIN_PARTS(vec, total, 1, tapsLeft, TAPS_PER_PART)
          for (int r = 0; r < R; r++) {
            const int offset = i + top - r * ROW_DILATION;
            if (offset < 0 || offset % ROW_STRIDE != 0 || offset / ROW_STRIDE >= P) continue;
            local const float *in = products + offset / ROW_STRIDE % RING * TAPS * STEP + PAD + lane;
            UNROLLED_FOR(s, S)
              if (PHASE(s) == phase) {
                sum += LOAD(in + TAP(r, s, c) * STEP - SHIFT(s));
                END_PART(vec, &sum, total, 1, tapsLeft, TAPS_PER_PART)
              }
          }
          END_PARTS(&sum, total, 1)
          STORE(sum, sums + (phase * C + c) * LANES + lane);
        }
    global float *row = dx + ((size_t)n * H + i) * W * C;
    for (int j = 0; j < W; j++) {
      local const float *in = sums + (j + left) % COLUMN_STRIDE * C * LANES + (j + left) / COLUMN_STRIDE;
      for (int c = 0; c < C; c++) STORE_RESULT_ELEMENT(in[c * LANES], row + j * C + c, dx)
    }
  }
}
