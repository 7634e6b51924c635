// Convolution of images of few channels, as a network's first layer has them, and its kernel gradient.
//
// The rows of the image under a row of the result are copied, padded with zeros, to private memory, where they stay in
// the L1 cache: a padded image would take longer to write and read than its convolution. Lanes are neighbouring
// kernels, and a kernel row is one run of S * C taps. Blocks of NV * V kernels are those of correlate.cl.
//
// Constants: TILE x NV, the register tile, pixels or taps by vectors of kernels; C, R, S and STRIDE, the channels, a
// kernel's rows and columns, and the stride of columns; ROW, the floats of a padded row.

#ifdef PARSE_ONLY
#define NV 2
#define TILE 6
#define C 3
#define R 3
#define S 3
#define STRIDE 2
#define ROW 100
#endif

#include "include/epilogue.h"
#include "include/register-tile.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"

#define LANES (NV * V)
#define RUN (S * C)

// Copies the R rows of an image[H, W, C] from row `top`, which may lie outside, moved by `left` pixels and surrounded
// by zeros.
static void copy_rows(global const float *restrict image, float *rows, int H, int W, int top, int left)
{
  const int begin = min(max(left, 0) * C, ROW), count = clamp(W * C, 0, ROW - begin);
  for (int r = 0; r < R; r++) {
    float *row = rows + r * ROW;
    const int i = top + r, length = i >= 0 && i < H ? count : 0;
    global const float *in = image + (size_t)(length > 0 ? i : 0) * W * C;
    for (int j = 0; j < begin; j++) row[j] = 0.0f;
    for (int j = 0; j < length; j++) row[begin + j] = in[j];
    for (int j = begin + length; j < ROW; j++) row[j] = 0.0f;
  }
}

// Calls TERM(x, tap) for the taps of a window at (i, j) of an image that are not padding.
#define FOR_TAPS_INSIDE(image, H, W, i, j, TERM)              \
  for (int r_ = max(0, -(i)); r_ < min(R, (H) - (i)); r_++)   \
    for (int s_ = max(0, -(j)); s_ < min(S, (W) - (j)); s_++) \
      for (int c_ = 0; c_ < C; c_++)                          \
  TERM((image)[((size_t)((i) + r_) * (W) + (j) + s_) * C + c_], (r_ * S + s_) * C + c_)

// The pixels of a row of y for a block of which a weight is not finite, whose product with a zero of the padding would
// be NaN.
static void correlate_inside(
    global const float *restrict image, global const float *restrict weights, global float *restrict y, int H, int W,
    int i, int left, global float *out, int Q, int K, int lanes EPILOGUE_PARAMETERS)
{
  for (int q = 0; q < Q; q++)
    for (int l = 0; l < lanes; l++) {
      float sum = 0.0f;
#define ADD_PRODUCT(value, tap) sum = fma(value, weights[(1 + (tap)) * LANES + l], sum);
      FOR_TAPS_INSIDE(image, H, W, i, q * STRIDE - left, ADD_PRODUCT)
#undef ADD_PRODUCT
      global float *pixel = out + (size_t)q * K + l;
      STORE_RESULT_ELEMENT(sum + weights[l], pixel, y)
    }
}

// y[N, P, Q, K] from x[N, H, W, C] and packed kernels. One work-item `rowsPerItem` of the `rows` rows of y. TILE is at
// most Q; the last tile starts early and stores only the pixels that are its own.
kernel void few_channels_correlate(
    global const float *restrict x, global const float *restrict packed, global float *restrict y, int rows, int H,
    int W, int P, int Q, int K, int strideRows, int top, int left, int blocks, int rowsPerItem EPILOGUE_PARAMETERS)
{
  float padded[R * ROW];
  const int begin = get_global_id(0) * rowsPerItem, end = min(begin + rowsPerItem, rows);
  for (int row = begin; row < end; row++) {
    global const float *image = x + (size_t)(row / P) * H * W * C;
    const int i = row % P * strideRows - top;
    copy_rows(image, padded, H, W, i, left);
    for (int block = 0; block < blocks; block++) {
      const int lanes = min(LANES, K - block * LANES);
      global const float *weights = packed + (size_t)block * (1 + R * RUN) * LANES;
      global float *out = y + (size_t)row * Q * K + block * LANES;
      if (isnan(packed[(size_t)blocks * (1 + R * RUN) * LANES + block])) {
        correlate_inside(image, weights, y, H, W, i, left, out, Q, K, lanes EPILOGUE_ARGUMENTS);
        continue;
      }
      for (int own = 0; own < Q; own += TILE) {
        const int q = min(own, Q - TILE);
        vec sum[TILE][NV];
        SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
        for (int r = 0; r < R; r++) {
          const float *in = padded + r * ROW + q * STRIDE * C;
          global const float *wp = weights + (1 + r * RUN) * LANES;
          for (int t = 0; t < RUN; t++)
            ADD_OUTER_PRODUCT(sum, TILE, m, in[m * STRIDE * C + t], NV, j, LOAD(wp + t * LANES + j * V))
        }
        UNROLLED_FOR(m, TILE) {
          if (m < own - q) continue;
          global float *pixel = out + (size_t)(q + m) * K;
          UNROLLED_FOR(j, NV) {
            const vec value = sum[m][j] + LOAD(weights + j * V);
            if (lanes >= (j + 1) * V) {
              STORE_RESULT(value, pixel + j * V, y)
            } else {
              float values[V];
              STORE(value, values);
              for (int l = 0; l < lanes - j * V; l++) STORE_RESULT_ELEMENT(values[l], pixel + j * V + l, y)
            }
          }
        }
      }
    }
  }
}

// The sums of a range of rows of dy for a block of kernels, as convolution_gradient_kernels writes them:
// [splits][blocks][R][RUN][LANES]. One work-item a block of a range. Each row is summed up for itself and added to the
// rows before. LANES is at most K and TILE at most RUN; the last of either starts early.
kernel void few_channels_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial, int rows, int H,
    int W, int P, int Q, int K, int strideRows, int top, int left, int blocks, int splits)
{
  const int block = get_global_id(0), split = get_global_id(1);
  if (block >= blocks || split >= splits) return;
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  const int k = min(block * LANES, K - LANES);
  global float *sums = partial + ((size_t)split * blocks + block) * R * RUN * LANES;
  float padded[R * ROW];
  for (int row = begin; row < end; row++) {
    copy_rows(x + (size_t)(row / P) * H * W * C, padded, H, W, row % P * strideRows - top, left);
    global const float *deltas = dy + (size_t)row * Q * K + k;
    for (int r = 0; r < R; r++)
      for (int own = 0; own < RUN; own += TILE) {
        const int tap = min(own, RUN - TILE);
        const float *in = padded + r * ROW + tap;
        vec sum[TILE][NV];
        SET_TILE(sum, TILE, NV, j, (vec)(0.0f))
        for (int q = 0; q < Q; q++)
          ADD_OUTER_PRODUCT(sum, TILE, m, in[q * STRIDE * C + m], NV, j, LOAD(deltas + (size_t)q * K + j * V))
        UNROLLED_FOR(m, TILE)
          UNROLLED_FOR(j, NV) {
            if (m < own - tap) continue;
            global float *place = sums + (r * RUN + tap + m) * LANES + j * V;
            STORE(row > begin ? sum[m][j] + LOAD(place) : sum[m][j], place);
          }
      }
  }
  // A delta that is not finite may have met the padding.
  for (int tap = 0; tap < R * RUN; tap++)
    for (int l = 0; l < LANES; l++) {
      global float *place = sums + tap * LANES + l;
      if (isfinite(*place)) continue;
      const int r = tap / RUN, s = tap % RUN / C, c = tap % C;
      float sum = 0.0f;
      for (int row = begin; row < end; row++) {
        const int i = row % P * strideRows - top + r;
        if (i < 0 || i >= H) continue;
        global const float *in = x + ((size_t)(row / P) * H + i) * W * C + c;
        for (int q = 0; q < Q; q++) {
          const int j = q * STRIDE - left + s;
          if (j >= 0 && j < W) sum = fma(in[(size_t)j * C], dy[((size_t)row * Q + q) * K + k + l], sum);
        }
      }
      *place = sum;
    }
}
