// Average pooling y[N, P, Q, C] of x[N, H, W, C], and its delta.
//
// Constants: COUNTS_PADDING if padding counts in the divisor; EPILOGUE; PARTS for long sums: a part is `part` cells of
// a row of a window, or `partRows` whole rows.

#include "include/epilogue.h"
#include "include/sums.h"
#include "include/vector.h"

// The cells that divide a window's sum along one axis, from the window's first cell `start`: those in the image, or
// with COUNTS_PADDING those up to the padded end, which windows of ceil mode may pass.
int divisor(int start, int window, int size, int before, int after)
{
#ifdef COUNTS_PADDING
  return min(start + window, size + after) - start;
#else
  return min(start + window, size) - max(start, 0);
#endif
}

// One work-item a row of y.
kernel void average_pooling(
    global const float *restrict x, global float *restrict y, int rows, int H, int W, int C, int P, int Q, int R, int S,
    int strideRows, int strideColumns, int top, int left, int bottom, int right, int part,
    int partRows EPILOGUE_PARAMETERS)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int n = row / P;
  const int i0 = row % P * strideRows - top;
  const int rowCells = divisor(i0, R, H, top, bottom);
  for (int q = 0; q < Q; q++) {
    const int j0 = q * strideColumns - left;
    const float cells = (float)rowCells * (float)divisor(j0, S, W, left, right);
    for (int block = 0; block < C; block += V) {
      const int c = min(block, C - V);
      vec sum = (vec)(0.0f);
      BEGIN_PARTS(vec, total, 1, rowsLeft, partRows)
      for (int i = max(i0, 0); i < min(i0 + R, H); i++) {
        FOR_PARTS(begin, end, max(j0, 0), min(j0 + S, W), part) {
          for (int j = begin; j < end; j++) sum += LOAD(x + (((size_t)n * H + i) * W + j) * C + c);
          END_PART(vec, &sum, total, 1, rowsLeft, partRows)
        }
      }
      END_PARTS(&sum, total, 1)
      STORE_RESULT(sum / cells, y + ((size_t)row * Q + q) * C + c, y)
    }
  }
}

// One work-item a row of dx.
kernel void average_pooling_delta(
    global const float *restrict dy, global float *restrict dx, int rows, int H, int W, int C, int P, int Q, int R,
    int S, int strideRows, int strideColumns, int top, int left, int bottom, int right, int part,
    int partRows EPILOGUE_PARAMETERS)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int n = row / H, i = row % H;
  // The windows p that hold row i: p * stride <= i + top < p * stride + R.
  const int pBegin = max(0, (i + top - R + strideRows) / strideRows), pEnd = min(P - 1, (i + top) / strideRows);
  for (int j = 0; j < W; j++) {
    const int qBegin = max(0, (j + left - S + strideColumns) / strideColumns);
    const int qEnd = min(Q - 1, (j + left) / strideColumns);
    for (int block = 0; block < C; block += V) {
      const int c = min(block, C - V);
      vec sum = (vec)(0.0f);
      BEGIN_PARTS(vec, total, 1, rowsLeft, partRows)
      for (int p = pBegin; p <= pEnd; p++) {
        const int rowCells = divisor(p * strideRows - top, R, H, top, bottom);
        FOR_PARTS(begin, end, qBegin, qEnd + 1, part) {
          for (int q = begin; q < end; q++) {
            const float cells = (float)rowCells * (float)divisor(q * strideColumns - left, S, W, left, right);
            sum += LOAD(dy + (((size_t)n * P + p) * Q + q) * C + c) / cells;
          }
          END_PART(vec, &sum, total, 1, rowsLeft, partRows)
        }
      }
      END_PARTS(&sum, total, 1)
      STORE_RESULT(sum, dx + ((size_t)row * W + j) * C + c, dx)
    }
  }
}
