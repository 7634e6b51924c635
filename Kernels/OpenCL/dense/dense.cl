// Dense layers that read their weights in place: y[N, K] from x[N, C] and w[K, C], and dx[N, C]. Packing the weights,
// as convolution/correlate.cl does, would take longer than all multiplications of a batch. The gradient of the weights
// is that of a 1x1 convolution, in convolution/gradient.cl.
//
// C, the inputs, is a multiple of V. All row counts are at least ROWS.
//
// Constants: forward ROWS x TILE, the register tile: rows of x by rows of w. For the delta N, the rows of dy; COLUMNS,
// the columns of dx of a work-item; PARTS for long sums. EPILOGUE.

#ifdef PARSE_ONLY
#define TILE 4
#define ROWS 4
#endif

#include "include/epilogue.h"
#include "include/register-tile.h"
#include "include/vector.h"

#ifdef TILE

// y[N, K] = x[N, C] w[K, C]^T + b. One work-item: `perItem` kernels, TILE of them by ROWS rows at a time, the lanes
// along C. A chunk of ROWS rows stays in cache for all these kernels. The last tiles overlap their neighbours.
kernel void dense(
    global const float *restrict x, global const float *restrict w, global const float *restrict b,
    global float *restrict y, int N, int C, int K, int perItem, int chunk, int hasBias EPILOGUE_PARAMETERS)
{
  const int begin = get_global_id(0) * perItem;
  const int end = min(begin + perItem, K);
  for (int first = 0; first < C; first += chunk) {
    const int last = min(first + chunk, C);
    for (int ownRow = 0; ownRow < N; ownRow += ROWS) {
      const int n = min(ownRow, N - ROWS);
      for (int ownKernel = begin; ownKernel < end; ownKernel += TILE) {
        const int k = min(ownKernel, K - TILE);
        vec sum[ROWS][TILE];
        SET_TILE(sum, ROWS, TILE, j, (vec)(0.0f))
        global const float *xp = x + (size_t)n * C;
        global const float *wp = w + (size_t)k * C;
        for (int c = first; c < last; c += V)
          ADD_OUTER_PRODUCT(sum, ROWS, i, LOAD(xp + (size_t)i * C + c), TILE, j, LOAD(wp + (size_t)j * C + c))
        for (int i = 0; i < ROWS; i++)
          for (int j = 0; j < TILE; j++) {
            if (n + i < ownRow || k + j < ownKernel) continue;
            global float *out = y + (size_t)(n + i) * K + k + j;
            const float start = first > 0 ? *out : hasBias ? b[k + j] : 0.0f;
            const float value = start + FOLD(sum[i][j]);
            if (last < C)
              *out = value;
            else
              STORE_RESULT_ELEMENT(value, out, y)
          }
      }
    }
  }
}

#else

// sums += dy w for STEP rows of w from k, of which V columns at a time stay in registers for all rows of dy.
#define ADD_DELTA(STEP)                                                          \
  for (int c = 0; c < columns; c += V) {                                         \
    vec weight[STEP];                                                            \
    UNROLLED_FOR(j, STEP) weight[j] = LOAD(w + (size_t)(k + j) * C + begin + c); \
    for (int n = 0; n < N; n++) {                                                \
      global const float *delta = dy + (size_t)n * K + k;                        \
      vec sum = k == partBegin ? (vec)(0.0f) : LOAD(sums[n] + c);                \
      UNROLLED_FOR(j, STEP) sum = fma((vec)(delta[j]), weight[j], sum);          \
      STORE(sum, sums[n] + c);                                                   \
    }                                                                            \
  }

// dx[N, C] = dy[N, K] w[K, C]. One work-item COLUMNS columns of dx, a multiple of V, whose sums stay in the first
// cache. Where PARTS is defined K is so large that `part` rows of w at a time make a partial sum, and these are then
// added; else `part` is K.
kernel void dense_delta(
    global const float *restrict dy, global const float *restrict w, global float *restrict dx, int C, int K,
    int part EPILOGUE_PARAMETERS)
{
  float sums[N][COLUMNS];
#ifdef PARTS
  float totals[N][COLUMNS];
#define TOTAL(n, c) (LOAD(totals[n] + (c)) + LOAD(sums[n] + (c)))
  for (int n = 0; n < N; n++)
    for (int c = 0; c < COLUMNS; c += V) STORE((vec)(0.0f), totals[n] + c);
#else
#define TOTAL(n, c) LOAD(sums[n] + (c))
#endif
  const int begin = get_global_id(0) * COLUMNS;
  const int columns = min(COLUMNS, C - begin);
  for (int partBegin = 0; partBegin < K; partBegin += part) {
    const int partEnd = min(partBegin + part, K);
#ifdef PARTS
    if (partBegin > 0)
      for (int n = 0; n < N; n++)
        for (int c = 0; c < columns; c += V) STORE(TOTAL(n, c), totals[n] + c);
#endif
    int k = partBegin;
    for (; k + 16 <= partEnd; k += 16) ADD_DELTA(16)
    for (; k + 4 <= partEnd; k += 4) ADD_DELTA(4)
    for (; k < partEnd; k++) ADD_DELTA(1)
  }
  for (int n = 0; n < N; n++)
    for (int c = 0; c < columns; c += V) {
      global float *out = dx + (size_t)n * C + begin + c;
      STORE_RESULT(TOTAL(n, c), out, dx)
    }
}

#endif
