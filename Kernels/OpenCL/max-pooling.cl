// Max pooling with argmax, and its delta as a gather. The first of equal values in row-major order wins, a NaN wins over
// numbers, padding is never chosen.

// Whether `value` replaces `best`, for scalars and vectors alike: it is greater or NaN, and `best` is no NaN.
#define REPLACES(value, best) (((value) <= (best)) == 0 & (best) == (best))

// One work-item a row of y.
kernel void max_pooling(
    global const float *restrict x, global float *restrict y, global int *restrict argmax, int rows, int H, int W,
    int C, int P, int Q, int R, int S, int strideRows, int strideColumns, int dilationRows, int dilationColumns,
    int top, int left)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int n = row / P;
  const int i0 = row % P * strideRows - top;
  // The first and the end of the window's rows that lie in the image.
  const int rBegin = i0 >= 0 ? 0 : (-i0 + dilationRows - 1) / dilationRows;
  const int rEnd = min(R, (H - 1 - i0) / dilationRows + 1);
  global const float *image = x + (size_t)n * H * W * C;
  for (int q = 0; q < Q; q++) {
    const int j0 = q * strideColumns - left;
    const int sBegin = j0 >= 0 ? 0 : (-j0 + dilationColumns - 1) / dilationColumns;
    const int sEnd = min(S, (W - 1 - j0) / dilationColumns + 1);
    const int origin = (i0 + rBegin * dilationRows) * W + j0 + sBegin * dilationColumns;
    const size_t pixel = ((size_t)row * Q + q) * C;
    for (int block = 0; block < C; block += V) {
      const int c = min(block, C - V);
      vec best = LOAD(image + (size_t)origin * C + c);
      ivec chosen = (ivec)(origin);
      for (int r = rBegin; r < rEnd; r++)
        for (int s = sBegin; s < sEnd; s++) {
          const int cell = (i0 + r * dilationRows) * W + j0 + s * dilationColumns;
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
    int W, int C, int P, int Q, int R, int S, int strideRows, int strideColumns, int dilationRows,
    int dilationColumns, int top, int left EPILOGUE_PARAMETERS)
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
      for (int r = R - 1; r >= 0; r--) {
        const int u = i + top - r * dilationRows;
        if (u < 0 || u % strideRows != 0 || u / strideRows >= P) continue;
        const size_t line = ((size_t)n * P + u / strideRows) * Q;
        for (int s = S - 1; s >= 0; s--) {
          const int v = j + left - s * dilationColumns;
          if (v < 0 || v % strideColumns != 0 || v / strideColumns >= Q) continue;
          const size_t at = (line + v / strideColumns) * C + c;
          const vec delta = LOAD(dy + at);
          const ivec chosen = LOAD(argmax + at);
          sum += chosen == (ivec)(cell) ? delta : (vec)(0.0f);
        }
      }
      STORE_RESULT(sum, out + c, dx)
    }
  }
}
