// Images of another size: y[N, P, Q, C] from x[N, H, W, C], and the delta.
//
// Along an axis the place of pixel p in x is (p * scale + offset) / divisor, whose floor and fraction are exact. A
// pixel is the sum of TAPS neighbours around the place times weights that follow from the fraction; those beyond the
// image are the pixel at its border.
//
// Constants: TAPS, 1 for the nearest pixel, 2 for linear and 4 for cubic interpolation.

#ifdef PARSE_ONLY
#define TAPS 4
#endif

#include "include/vector.h"

// The first neighbour of the place of pixel p, from which their weights follow.
inline static int neighbours(int p, int scale, int offset, int divisor, float *weights)
{
  const long at = (long)p * scale + offset;
  const long place = at >= 0 ? at / divisor : -((divisor - 1 - at) / divisor);
#if TAPS == 1
  weights[0] = 1.0f;
  return (int)place;
#else
  const float f = (float)(at - place * divisor) / (float)divisor;
#if TAPS == 2
  weights[0] = 1.0f - f;
  weights[1] = f;
  return (int)place;
#else
  // Robert G. Keys, "Cubic convolution interpolation for digital image processing" (1981), with a = -0.75.
  const float a = -0.75f, g = 1.0f - f;
  weights[0] = a * f * g * g;
  weights[1] = fma(fma(a + 2.0f, f, -(a + 3.0f)), f * f, 1.0f);
  weights[2] = fma(fma(a + 2.0f, g, -(a + 3.0f)), g * g, 1.0f);
  weights[3] = a * g * f * f;
  return (int)place - 1;
#endif
#endif
}

// The weight that pixel p gives to pixel i of an axis of `size` pixels.
inline static float weight(int p, int i, int size, int scale, int offset, int divisor)
{
  float weights[TAPS], sum = 0.0f;
  const int first = neighbours(p, scale, offset, divisor, weights);
  for (int t = 0; t < TAPS; t++) sum += clamp(first + t, 0, size - 1) == i ? weights[t] : 0.0f;
  return sum;
}

// y from x. One work-item: `rowsPerItem` pixels, here called rows, of each one of its `pieces` pieces of `piece`
// channels.
kernel void resize(
    global const float *restrict x, global float *restrict y, int H, int W, int C, int P, int Q, int rowScale,
    int rowOffset, int rowDivisor, int columnScale, int columnOffset, int columnDivisor, int rows, int rowsPerItem,
    int pieces, int piece)
{
  const int item = get_global_id(0);
  const int begin = item % pieces * piece, end = min(begin + piece, C);
  const int firstPixel = item / pieces * rowsPerItem, lastPixel = min(firstPixel + rowsPerItem, rows);
  for (int pixel = firstPixel; pixel < lastPixel; pixel++) {
    float rowWeights[TAPS], columnWeights[TAPS];
    const int row = neighbours(pixel / Q % P, rowScale, rowOffset, rowDivisor, rowWeights);
    const int column = neighbours(pixel % Q, columnScale, columnOffset, columnDivisor, columnWeights);
    global const float *image = x + (size_t)(pixel / Q / P) * H * W * C;
    global float *to = y + (size_t)pixel * C;

// The sum of the neighbours at channel `at`, row by row; a single one is taken as it is.
#define INTERPOLATE(T, GET, PUT)                                                      \
  T sum = (T)(0.0f);                                                                  \
  for (int r = 0; r < TAPS; r++) {                                                    \
    global const float *line = image + (size_t)clamp(row + r, 0, H - 1) * W * C + at; \
    T lineSum = (T)(0.0f);                                                            \
    for (int s = 0; s < TAPS; s++) {                                                  \
      const T value = GET(line + (size_t)clamp(column + s, 0, W - 1) * C);            \
      lineSum = TAPS == 1 ? value : fma((T)(columnWeights[s]), value, lineSum);       \
    }                                                                                 \
    sum = TAPS == 1 ? lineSum : fma((T)(rowWeights[r]), lineSum, sum);                \
  }                                                                                   \
  PUT(sum, to + at);
#define GET_ELEMENT(p) (*(p))
#define PUT_ELEMENT(value, p) *(p) = (value)
    int at = begin;
    for (; at <= end - V; at += V) { INTERPOLATE(vec, LOAD, STORE) }
    for (; at < end; at++) { INTERPOLATE(float, GET_ELEMENT, PUT_ELEMENT) }
  }
}

// The pixels first ..< end to which pixel i gives something: those whose places are near. They are a range, because the
// places ascend.
inline static int2 receivers(int i, int size, int count, int scale, int offset, int divisor)
{
  // A place is at least least, and less than beyond.
  const long least = (long)(i - TAPS / 2) * divisor - offset;
  const long beyond = (long)(i + (TAPS == 1 ? 1 : TAPS / 2)) * divisor - offset;
  // What lies beyond the image is its border. Only an image of one pixel has a scale of 0.
  const long first = i == 0 ? 0 : (max(least, 0L) + scale - 1) / scale;
  const long end = i == size - 1 ? count : (max(beyond, 0L) + scale - 1) / scale;
  return (int2)((int)min(first, (long)count), (int)min(end, (long)count));
}

// The columns whose weights are computed once for all channels and rows, and those that are added up at a time.
#define KEPT 16
#define PART 64

// dx from dy: the sum over all pixels that i, j gives something to, in their order. One work-item as in resize.
kernel void resize_delta(
    global const float *restrict dy, global float *restrict dx, int H, int W, int C, int P, int Q, int rowScale,
    int rowOffset, int rowDivisor, int columnScale, int columnOffset, int columnDivisor, int rows, int rowsPerItem,
    int pieces, int piece)
{
  const int item = get_global_id(0);
  const int begin = item % pieces * piece, end = min(begin + piece, C);
  const int firstPixel = item / pieces * rowsPerItem, lastPixel = min(firstPixel + rowsPerItem, rows);
  for (int pixel = firstPixel; pixel < lastPixel; pixel++) {
    const int i = pixel / W % H, j = pixel % W;
    const int2 lines = receivers(i, H, P, rowScale, rowOffset, rowDivisor);
    const int2 columns = receivers(j, W, Q, columnScale, columnOffset, columnDivisor);
    float kept[KEPT];
    for (int q = columns.x; q < min(columns.y, columns.x + KEPT); q++)
      kept[q - columns.x] = weight(q, j, W, columnScale, columnOffset, columnDivisor);
    global const float *image = dy + (size_t)(pixel / W / H) * P * Q * C;
    global float *to = dx + (size_t)pixel * C;

#define COLUMN_WEIGHT(q) \
  (q - columns.x < KEPT ? kept[q - columns.x] : weight(q, j, W, columnScale, columnOffset, columnDivisor))
#define GATHER(T, GET, PUT)                                                                             \
  T sum = (T)(0.0f);                                                                                    \
  for (int partBegin = lines.x; partBegin < lines.y; partBegin += PART) {                               \
    T partSum = (T)(0.0f);                                                                              \
    for (int p = partBegin; p < min(partBegin + PART, lines.y); p++) {                                  \
      const float lineWeight = weight(p, i, H, rowScale, rowOffset, rowDivisor);                        \
      T lineSum = (T)(0.0f);                                                                            \
      for (int q0 = columns.x; q0 < columns.y; q0 += PART) {                                            \
        T columnSum = (T)(0.0f);                                                                        \
        for (int q = q0; q < min(q0 + PART, columns.y); q++)                                            \
          columnSum = fma((T)(COLUMN_WEIGHT(q)), GET(image + ((size_t)p * Q + q) * C + at), columnSum); \
        lineSum += columnSum;                                                                           \
      }                                                                                                 \
      partSum = fma((T)(lineWeight), lineSum, partSum);                                                 \
    }                                                                                                   \
    sum += partSum;                                                                                     \
  }                                                                                                     \
  PUT(sum, to + at);
    int at = begin;
    for (; at <= end - V; at += V) { GATHER(vec, LOAD, STORE) }
    for (; at < end; at++) { GATHER(float, GET_ELEMENT, PUT_ELEMENT) }
  }
}
