// Max pooling y[N, P, Q, C] of x[N, H, W, C] with argmax, and its delta as a gather. The first of equal values in
// row-major order wins; a NaN wins over numbers, and the last NaN over all. Padding is never chosen.
//
// Constants: WINDOW_*, STRIDE_* and DILATION_* of ROWS and COLUMNS, because the delta divides by strides for every tap
// of every position. The window is cut to the cells that can lie in the image, so that no index is greater than the
// padded image. EPILOGUE of the delta.

#ifdef PARSE_ONLY
#define WINDOW_ROWS 3
#define WINDOW_COLUMNS 3
#define STRIDE_ROWS 2
#define STRIDE_COLUMNS 2
#define DILATION_ROWS 1
#define DILATION_COLUMNS 1
#endif

#include "include/epilogue.h"
#include "include/vector.h"

// Whether `value` replaces `best`, for scalars and vectors alike.
#define REPLACES(value, best) (((value) > (best)) | ((value) != (value)))

// One work-item a row of y.
kernel void max_pooling(
    global const float *restrict x, global float *restrict y, global int *restrict argmax, int rows, int H, int W,
    int C, int P, int Q, int top, int left)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int n = row / P;
  const int i0 = row % P * STRIDE_ROWS - top;
  // The first and the end of the window's rows that lie in the image.
  const int rBegin = i0 >= 0 ? 0 : (-i0 + DILATION_ROWS - 1) / DILATION_ROWS;
  const int rEnd = min(WINDOW_ROWS, (H - 1 - i0) / DILATION_ROWS + 1);
  global const float *image = x + (size_t)n * H * W * C;
  for (int q = 0; q < Q; q++) {
    const int j0 = q * STRIDE_COLUMNS - left;
    const int sBegin = j0 >= 0 ? 0 : (-j0 + DILATION_COLUMNS - 1) / DILATION_COLUMNS;
    const int sEnd = min(WINDOW_COLUMNS, (W - 1 - j0) / DILATION_COLUMNS + 1);
    const int origin = (i0 + rBegin * DILATION_ROWS) * W + j0 + sBegin * DILATION_COLUMNS;
    const size_t pixel = ((size_t)row * Q + q) * C;
    for (int block = 0; block < C; block += V) {
      const int c = min(block, C - V);
      vec best = LOAD(image + (size_t)origin * C + c);
      ivec chosen = (ivec)(origin);
      for (int r = rBegin; r < rEnd; r++)
        for (int s = sBegin; s < sEnd; s++) {
          const int cell = (i0 + r * DILATION_ROWS) * W + j0 + s * DILATION_COLUMNS;
          const vec value = LOAD(image + (size_t)cell * C + c);
          const ivec replaces = REPLACES(value, best);
          best = replaces ? value : best;
          chosen = replaces ? (ivec)(cell) : chosen;
        }
      STORE(best, y + pixel + c);
      STORE(chosen, argmax + pixel + c);
    }
  }
}

// One work-item a row of dx.
kernel void max_pooling_delta(
    global const float *restrict dy, global const int *restrict argmax, global float *restrict dx, int rows, int H,
    int W, int C, int P, int Q, int top, int left EPILOGUE_PARAMETERS)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int n = row / H, i = row % H;
  for (int j = 0; j < W; j++) {
    const int cell = i * W + j;
    global float *out = dx + ((size_t)row * W + j) * C;
    for (int block = 0; block < C; block += V) {
      const int c = min(block, C - V);
      vec sum = (vec)(0.0f);
      for (int r = WINDOW_ROWS - 1; r >= 0; r--) {
        const int u = i + top - r * DILATION_ROWS;
        const int p = u / STRIDE_ROWS;
        if (u < 0 || p * STRIDE_ROWS != u || p >= P) continue;
        const size_t line = ((size_t)n * P + p) * Q;
        for (int s = WINDOW_COLUMNS - 1; s >= 0; s--) {
          const int v = j + left - s * DILATION_COLUMNS;
          const int q = v / STRIDE_COLUMNS;
          if (v < 0 || q * STRIDE_COLUMNS != v || q >= Q) continue;
          const size_t at = (line + q) * C + c;
          const vec delta = LOAD(dy + at);
          const ivec chosen = LOAD(argmax + at);
          sum += chosen == (ivec)(cell) ? delta : (vec)(0.0f);
        }
      }
      STORE_RESULT(sum, out + c, dx)
    }
  }
}
