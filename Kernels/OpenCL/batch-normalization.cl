// Batch normalisation of the columns of x[rows, C]. Work-items own a group of channels and a range of rows; within a group V
// channels are done at a time and the rest one by one: a statement must hold for vectors and scalars alike, as in elementwise.cl.

#define CHANNELS(FIRST, COUNT, STATEMENT)                                     \
  {                                                                           \
    const int end_ = min((FIRST) + (COUNT), C);                               \
    int c = (FIRST);                                                          \
    for (; c <= end_ - V; c += V) { STATEMENT(vec, VECTOR_GET, VECTOR_PUT) }  \
    for (; c < end_; c++) { STATEMENT(float, SCALAR_GET, SCALAR_PUT) }        \
  }

#define VECTOR_GET(p) LOAD((p) + c)
#define VECTOR_PUT(p, value) STORE(value, (p) + c)
#define SCALAR_GET(p) (p)[c]
#define SCALAR_PUT(p, value) (p)[c] = (value)

// The rows that are summed before their sum is merged with that of the rows before: so few that they are still cached when they are
// read again.
#define CHUNK 16

// Means and sums of squared deviations of `splits` ranges of rows. Within a chunk deviations are taken from the chunk's own mean;
// chunks are merged by the formula of Chan, Golub and LeVeque, which does not cancel.
#define STATISTICS(T, GET, PUT)                                            \
  T sum = (T)(0.0f);                                                       \
  for (int r = 0; r < n; r++) sum += GET(chunk + (size_t)r * C);           \
  const T mean = sum / (float)n;                                           \
  T square = (T)(0.0f);                                                    \
  for (int r = 0; r < n; r++) {                                            \
    const T deviation = GET(chunk + (size_t)r * C) - mean;                 \
    square = fma(deviation, deviation, square);                            \
  }                                                                        \
  if (before == 0) {                                                       \
    PUT(means, mean);                                                      \
    PUT(squares, square);                                                  \
  } else {                                                                 \
    const T old = GET(means);                                              \
    const T difference = mean - old;                                       \
    PUT(means, fma((T)(share), difference, old));                          \
    PUT(squares, GET(squares) + fma(difference * difference, (T)(weight), square)); \
  }
kernel void batch_normalization_statistics(
    global const float *restrict x, global float *restrict allMeans, global float *restrict allSquares, int rows, int C,
    int group, int splits)
{
  const int first = get_global_id(0) * group, split = get_global_id(1);
  if (first >= C || split >= splits) return;
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *means = allMeans + (size_t)split * C;
  global float *squares = allSquares + (size_t)split * C;
  for (int row = begin; row < end; row += CHUNK) {
    const int n = min(CHUNK, end - row), before = row - begin;
    const float share = (float)n / (float)(before + n), weight = (float)before * share;
    global const float *chunk = x + (size_t)row * C;
    CHANNELS(first, group, STATISTICS)
  }
}

// One work-item a channel.
kernel void batch_normalization_statistics_merge(
    global const float *restrict means, global const float *restrict squares, global const float *restrict weight,
    global float *restrict runningMean, global float *restrict runningVariance, global float *restrict savedMean,
    global float *restrict savedInverseDeviation, global float *restrict scale, int rows, int C, int group, int splits,
    float epsilon, float momentum)
{
  const int c = get_global_id(0);
  if (c >= C) return;
  float mean = means[c], square = squares[c];
  int before = rows / splits;
  for (int split = 1; split < splits; split++) {
    const int end = (long)rows * (split + 1) / splits;
    const float share = (float)(end - before) / (float)end;
    const float difference = means[(size_t)split * C + c] - mean;
    mean = fma(share, difference, mean);
    square += fma(difference * difference, (float)before * share, squares[(size_t)split * C + c]);
    before = end;
  }
  const float inverse = 1.0f / sqrt(square / (float)rows + epsilon);
  savedMean[c] = mean;
  savedInverseDeviation[c] = inverse;
  scale[c] = inverse * weight[c];
  runningMean[c] = fma(momentum, mean - runningMean[c], runningMean[c]);
  runningVariance[c] = fma(momentum, square / (float)(rows - 1) - runningVariance[c], runningVariance[c]);
}

// scale = weight / sqrt(variance + epsilon). One work-item a channel.
kernel void batch_normalization_scale(
    global const float *restrict weight, global const float *restrict variance, global float *restrict scale, int C,
    float epsilon)
{
  const int c = get_global_id(0);
  if (c < C) scale[c] = weight[c] / sqrt(variance[c] + epsilon);
}

// y = (x - mean) * scale + bias. x and y may be the same.
#define NORMALIZE(T, GET, PUT)                                             \
  const T normalized = fma(GET(in) - GET(mean), GET(scale), GET(bias));    \
  PUT(out, FINISH(T, normalized, GET(activated + (size_t)row * C)));
kernel void batch_normalization(
    global const float *x, global const float *restrict mean, global const float *restrict scale,
    global const float *restrict bias, global float *y, int rows, int C, int group, int rowsPerItem
    EPILOGUE_PARAMETERS)
{
  const int first = get_global_id(0) * group, begin = get_global_id(1) * rowsPerItem;
  if (first >= C) return;
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    global const float *in = x + (size_t)row * C;
    global float *out = y + (size_t)row * C;
    CHANNELS(first, group, NORMALIZE)
  }
}

// The sums of dy and of dy * (x - mean) over `splits` ranges of rows, chunk by chunk; WIDTH vectors at a time, so that memory is
// read in the order in which it lies.
#define SUMS(T, GET, PUT, WIDTH)                                                                     \
  T center[WIDTH], sum[WIDTH], product[WIDTH];                                                       \
  _Pragma("unroll") for (int j = 0; j < WIDTH; j++) {                                                \
    center[j] = GET(mean, j);                                                                        \
    sum[j] = product[j] = (T)(0.0f);                                                                 \
  }                                                                                                  \
  for (int r = 0; r < n; r++) {                                                                      \
    _Pragma("unroll") for (int j = 0; j < WIDTH; j++) {                                              \
      const T centered = GET(chunk + (size_t)r * C, j) - center[j];                                  \
      NORMALIZED_DELTA(                                                                              \
          T, delta, GET(deltas + (size_t)r * C, j), centered, GET(inverse, j) * GET(weight, j), GET(bias, j)) \
      sum[j] += delta;                                                                               \
      product[j] = fma(delta, centered, product[j]);                                                 \
    }                                                                                                \
  }                                                                                                  \
  _Pragma("unroll") for (int j = 0; j < WIDTH; j++) {                                                \
    PUT(sums, j, row == begin ? sum[j] : GET(sums, j) + sum[j]);                                     \
    PUT(products, j, row == begin ? product[j] : GET(products, j) + product[j]);                     \
  }
#define VECTORS_GET(p, j) LOAD((p) + c + (j) * V)
#define VECTORS_PUT(p, j, value) STORE(value, (p) + c + (j) * V)
#define SCALARS_GET(p, j) (p)[c]
#define SCALARS_PUT(p, j, value) (p)[c] = (value)
kernel void batch_normalization_sums(
    global const float *restrict x, global const float *restrict dy, global const float *restrict mean,
    global float *restrict allSums, global float *restrict allProducts,
#ifdef ACTIVATION
    global const float *restrict bias, global const float *restrict weight, global const float *restrict inverse,
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

// dweight, dbias, and the factors of dx = scale * (dy - meanDelta - (x - mean) * slope): scale, meanDelta and slope, C of each. One
// work-item a channel.
kernel void batch_normalization_sums_merge(
    global const float *restrict sums, global const float *restrict products, global const float *restrict weight,
    global const float *restrict savedInverseDeviation, global float *restrict dweight, global float *restrict dbias,
    global float *restrict factors, int rows, int C, int group, int splits)
{
  const int c = get_global_id(0);
  if (c >= C) return;
  float sum = 0.0f, product = 0.0f;
  for (int split = 0; split < splits; split++) {
    sum += sums[(size_t)split * C + c];
    product += products[(size_t)split * C + c];
  }
  const float inverse = savedInverseDeviation[c];
  dweight[c] = product * inverse;
  dbias[c] = sum;
  factors[c] = weight[c] * inverse;
  factors[C + c] = sum / (float)rows;
  factors[2 * C + c] = product * inverse * inverse / (float)rows;
}

// dy and dx may be the same.
#define DELTA(T, GET, PUT)                                                            \
  const T centered = GET(in) - GET(mean);                                             \
  NORMALIZED_DELTA(T, delta, GET(deltas), centered, GET(scale), GET(bias))            \
  PUT(out, GET(scale) * fma(-centered, GET(slope), delta - GET(meanDelta)));
kernel void batch_normalization_delta(
    global const float *restrict x, global const float *dy, global const float *restrict mean,
    global const float *restrict factors, global float *dx, int rows, int C, int group, int rowsPerItem
#ifdef ACTIVATION
    , global const float *restrict bias
#endif
    )
{
  const int first = get_global_id(0) * group, begin = get_global_id(1) * rowsPerItem;
  if (first >= C) return;
  global const float *scale = factors, *meanDelta = factors + C, *slope = factors + 2 * (size_t)C;
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    global const float *in = x + (size_t)row * C;
    global const float *deltas = dy + (size_t)row * C;
    global float *out = dx + (size_t)row * C;
    CHANNELS(first, group, DELTA)
  }
}
