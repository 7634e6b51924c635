// Batch normalisation of the columns of x[rows, C]: statistics, result, and deltas of x, weight and bias. A work-item
// owns a group of channels and a range of rows. It processes V channels at a time and the rest one by one: a statement
// serves vectors and scalars alike, as in elementwise/elementwise.cl.
//
// Constants: ACTIVATION and SLOPE if an activation follows; EPILOGUE.

#include "include/epilogue.h"
#include "include/special-values.h"
#include "include/sums.h"
#include "include/vector.h"
#include "normalization/moments.h"

#define CHANNELS(FIRST, COUNT, STATEMENT)                                    \
  {                                                                          \
    const int end_ = min((FIRST) + (COUNT), C);                              \
    int c = (FIRST);                                                         \
    for (; c <= end_ - V; c += V) { STATEMENT(vec, VECTOR_GET, VECTOR_PUT) } \
    for (; c < end_; c++) { STATEMENT(float, SCALAR_GET, SCALAR_PUT) }       \
  }

#define VECTOR_GET(p) LOAD((p) + c)
#define VECTOR_PUT(p, value) STORE(value, (p) + c)
#define SCALAR_GET(p) (p)[c]
#define SCALAR_PUT(p, value) (p)[c] = (value)

// The rows that are summed before their sum is added to that of the rows before. Moments take long to merge, some ten
// rows' time.
#define CHUNK 16
#define MOMENTS_CHUNK 32

// The moments of `splits` ranges of rows, C of each: the mean, its low-order part, the sum of squared deviations, its
// low-order part.
//
// Within a chunk deviations are taken from one of its values, the median of three: they are exact where values are near
// to each other and zeros where all are the same. One value far from the others is not taken, and whichever is, the
// squared sum that is subtracted is at most MOMENTS_CHUNK times what is left. Even and odd rows have sums of their own,
// which do not wait for each other and round less.
#define STATISTICS(T, GET, PUT)                                                                               \
  const T origin = ORIGIN(T, GET(chunk), GET(chunk + (size_t)(n / 2) * C), GET(chunk + (size_t)(n - 1) * C)); \
  T sum = (T)(0.0f), square = (T)(0.0f), oddSum = (T)(0.0f), oddSquare = (T)(0.0f);                           \
  for (int r = 0; r + 1 < n; r += 2) {                                                                        \
    const T deviation = GET(chunk + (size_t)r * C) - origin;                                                  \
    const T oddDeviation = GET(chunk + (size_t)(r + 1) * C) - origin;                                         \
    sum += deviation;                                                                                         \
    oddSum += oddDeviation;                                                                                   \
    square = fma(deviation, deviation, square);                                                               \
    oddSquare = fma(oddDeviation, oddDeviation, oddSquare);                                                   \
  }                                                                                                           \
  if (n % 2 == 1) {                                                                                           \
    const T deviation = GET(chunk + (size_t)(n - 1) * C) - origin;                                            \
    sum += deviation;                                                                                         \
    square = fma(deviation, deviation, square);                                                               \
  }                                                                                                           \
  sum += oddSum;                                                                                              \
  square += oddSquare;                                                                                        \
  const T shift = sum / (float)n, mean = origin + shift;                                                      \
  const T low = FINITE(mean) ? shift - (mean - origin) : (T)(0.0f);                                           \
  square = fma(-sum, shift, square);                                                                          \
  square = square < (T)(0.0f) ? (T)(0.0f) : square;                                                           \
  if (before == 0) {                                                                                          \
    PUT(means, mean);                                                                                         \
    PUT(lows, low);                                                                                           \
    PUT(squares, square);                                                                                     \
    PUT(squareLows, (T)(0.0f));                                                                               \
  } else {                                                                                                    \
    T allMean = GET(means), allLow = GET(lows), allSquare = GET(squares), allSquareLow = GET(squareLows);     \
    MERGE_MOMENTS(T, allMean, allLow, allSquare, allSquareLow, mean, low, square, share, weight)              \
    PUT(means, allMean);                                                                                      \
    PUT(lows, allLow);                                                                                        \
    PUT(squares, allSquare);                                                                                  \
    PUT(squareLows, allSquareLow);                                                                            \
  }
kernel void batch_normalization_statistics(
    global const float *restrict x, global float *restrict moments, int rows, int C, int group, int splits)
{
  const int first = get_global_id(0) * group, split = get_global_id(1);
  if (first >= C || split >= splits) return;
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *means = moments + (size_t)split * 4 * C, *lows = means + C, *squares = lows + C,
               *squareLows = squares + C;
  for (int row = begin; row < end; row += MOMENTS_CHUNK) {
    const int n = min(MOMENTS_CHUNK, end - row), before = row - begin;
    const float share = (float)n / (float)(before + n), weight = (float)before * share;
    global const float *chunk = x + (size_t)row * C;
    CHANNELS(first, group, STATISTICS)
  }
}

// (1 - momentum) * running + momentum * (high + low), where an infinite `running` stays one.
float moved(float running, float high, float low, float momentum)
{
  const float kept = FINITE(running) ? fma(-momentum, running, running) : (1.0f - momentum) * running;
  return fma(momentum, high, fma(momentum, low, kept));
}

// The statistics of all rows, and the factors of y = (x - savedMean) * scale + offset. One work-item a channel.
kernel void batch_normalization_statistics_merge(
    global const float *restrict moments, global const float *restrict weight, global const float *restrict bias,
    global float *restrict runningMean, global float *restrict runningVariance, global float *restrict savedMean,
    global float *restrict savedInverseDeviation, global float *restrict savedMeanLow, global float *restrict scale,
    global float *restrict offset, int rows, int C, int group, int splits, float epsilon, float momentum)
{
  const int c = get_global_id(0);
  if (c >= C) return;
  float mean = moments[c], low = moments[C + c];
  float square = moments[2 * (size_t)C + c], squareLow = moments[3 * (size_t)C + c];
  int before = rows / splits;
  for (int split = 1; split < splits; split++) {
    const int end = (long)rows * (split + 1) / splits;
    const float share = (float)(end - before) / (float)end;
    global const float *part = moments + (size_t)split * 4 * C + c;
    const float partSquare = part[2 * (size_t)C] + part[3 * (size_t)C];
    MERGE_MOMENTS(float, mean, low, square, squareLow, part[0], part[C], partSquare, share, ((float)before) * share)
    before = end;
  }
  square += squareLow;
  const float high = mean + low;
  low = FINITE(high) ? low - (high - mean) : 0.0f;
  const float inverse = 1.0f / sqrt(square / (float)rows + epsilon), factor = inverse * weight[c];
  savedMean[c] = high;
  savedMeanLow[c] = low;
  savedInverseDeviation[c] = inverse;
  scale[c] = factor;
  offset[c] = NORMALIZED_OFFSET(low, factor, bias[c]);
  runningMean[c] = moved(runningMean[c], high, low, momentum);
  runningVariance[c] = moved(runningVariance[c], square / (float)(rows - 1), 0.0f, momentum);
}

// scale = weight / sqrt(variance + epsilon). One work-item a channel.
kernel void batch_normalization_scale(
    global const float *restrict weight, global const float *restrict variance, global float *restrict scale, int C,
    float epsilon)
{
  const int c = get_global_id(0);
  if (c < C) scale[c] = weight[c] / sqrt(variance[c] + epsilon);
}

// y = (x - mean) * scale + offset. x and y may be the same.
#define NORMALIZE(T, GET, PUT)                                            \
  const T normalized = fma(GET(in) - GET(mean), GET(scale), GET(offset)); \
  PUT(out, FINISH(T, normalized, GET(activated + (size_t)row * C)));
kernel void batch_normalization(
    global const float *x, global const float *restrict mean, global const float *restrict scale,
    global const float *restrict offset, global float *y, int rows, int C, int group,
    int rowsPerItem EPILOGUE_PARAMETERS)
{
  const int first = get_global_id(0) * group, begin = get_global_id(1) * rowsPerItem;
  if (first >= C) return;
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    global const float *in = x + (size_t)row * C;
    global float *out = y + (size_t)row * C;
    CHANNELS(first, group, NORMALIZE)
  }
}

// The sums of dy and of dy * (x - mean) over `splits` ranges of rows, chunk by chunk; WIDTH vectors at a time, so that
// memory is read in the order in which it lies.
#define SUMS(T, GET, PUT, WIDTH)                                                                \
  T center[WIDTH], sum[WIDTH], product[WIDTH];                                                  \
  UNROLLED_FOR(j, WIDTH) {                                                                      \
    center[j] = GET(mean, j);                                                                   \
    sum[j] = product[j] = (T)(0.0f);                                                            \
  }                                                                                             \
  for (int r = 0; r < n; r++) {                                                                 \
    UNROLLED_FOR(j, WIDTH) {                                                                    \
      const T centered = GET(chunk + (size_t)r * C, j) - center[j];                             \
      NORMALIZED_DELTA(                                                                         \
          T, delta, GET(deltas + (size_t)r * C, j), centered, GET(inverse, j) * GET(weight, j), \
          NORMALIZED_OFFSET(GET(meanLow, j), GET(inverse, j) * GET(weight, j), GET(bias, j)))   \
      sum[j] += delta;                                                                          \
      product[j] = fma(delta, centered, product[j]);                                            \
    }                                                                                           \
  }                                                                                             \
  UNROLLED_FOR(j, WIDTH) {                                                                      \
    PUT(sums, j, row == begin ? sum[j] : GET(sums, j) + sum[j]);                                \
    PUT(products, j, row == begin ? product[j] : GET(products, j) + product[j]);                \
  }
#define VECTORS_GET(p, j) LOAD((p) + c + (j)*V)
#define VECTORS_PUT(p, j, value) STORE(value, (p) + c + (j)*V)
#define SCALARS_GET(p, j) (p)[c]
#define SCALARS_PUT(p, j, value) (p)[c] = (value)
kernel void batch_normalization_sums(
    global const float *restrict x, global const float *restrict dy, global const float *restrict mean,
    global float *restrict allSums, global float *restrict allProducts,
#ifdef ACTIVATION
    global const float *restrict bias, global const float *restrict weight, global const float *restrict inverse,
    global const float *restrict meanLow,
#endif
    int rows, int C, int group, int splits)
{
  const int first = get_global_id(0) * group, split = get_global_id(1);
  if (first >= C || split >= splits) return;
  const int last = min(first + group, C);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *sums = allSums + (size_t)split * C;
  global float *products = allProducts + (size_t)split * C;
  for (int row = begin; row < end; row += CHUNK) {
    const int n = min(CHUNK, end - row);
    global const float *chunk = x + (size_t)row * C;
    global const float *deltas = dy + (size_t)row * C;
    int c = first;
    for (; c <= last - 4 * V; c += 4 * V) { SUMS(vec, VECTORS_GET, VECTORS_PUT, 4) }
    for (; c <= last - V; c += V) { SUMS(vec, VECTORS_GET, VECTORS_PUT, 1) }
    for (; c < last; c++) { SUMS(float, SCALARS_GET, SCALARS_PUT, 1) }
  }
}

// dweight, dbias, and the factors of dx = scale * (dy - meanDelta - (x - mean) * slope), C of each: scale, meanDelta,
// slope and, for what is normalised again, offset. The products were taken with x - mean, so the low-order part of the
// mean is made up for here. One work-item a channel.
kernel void batch_normalization_sums_merge(
    global const float *restrict sums, global const float *restrict products, global const float *restrict weight,
    global const float *restrict savedInverseDeviation, global const float *restrict savedMeanLow,
    global float *restrict dweight, global float *restrict dbias, global float *restrict factors,
#ifdef ACTIVATION
    global const float *restrict bias,
#endif
    int rows, int C, int group, int splits)
{
  const int c = get_global_id(0);
  if (c >= C) return;
  SUM_BY_PARTS(float, sum, split, splits, LAST_STAGE_PART, sums[(size_t)split * C + c])
  SUM_BY_PARTS(float, product, split, splits, LAST_STAGE_PART, products[(size_t)split * C + c])
  const float inverse = savedInverseDeviation[c], low = savedMeanLow[c];
  product = fma(-low, sum, product);
  const float scale = inverse * weight[c], slope = product * inverse * inverse / (float)rows;
  dweight[c] = product * inverse;
  dbias[c] = sum;
  factors[c] = scale;
  factors[C + c] = fma(-low, slope, sum / (float)rows);
  factors[2 * (size_t)C + c] = slope;
#ifdef ACTIVATION
  factors[3 * (size_t)C + c] = NORMALIZED_OFFSET(low, scale, bias[c]);
#endif
}

// dy and dx may be the same.
#define DELTA(T, GET, PUT)                                                   \
  const T centered = GET(in) - GET(mean);                                    \
  NORMALIZED_DELTA(T, delta, GET(deltas), centered, GET(scale), GET(offset)) \
  PUT(out, GET(scale) * fma(-centered, GET(slope), delta - GET(meanDelta)));
kernel void batch_normalization_delta(
    global const float *restrict x, global const float *dy, global const float *restrict mean,
    global const float *restrict factors, global float *dx, int rows, int C, int group, int rowsPerItem)
{
  const int first = get_global_id(0) * group, begin = get_global_id(1) * rowsPerItem;
  if (first >= C) return;
  global const float *scale = factors, *meanDelta = factors + C, *slope = factors + 2 * (size_t)C;
#ifdef ACTIVATION
  global const float *offset = factors + 3 * (size_t)C;
#endif
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    global const float *in = x + (size_t)row * C;
    global const float *deltas = dy + (size_t)row * C;
    global float *out = dx + (size_t)row * C;
    CHANNELS(first, group, DELTA)
  }
}
