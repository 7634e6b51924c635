// Convolution by Winograd's algorithms, after Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).
//
// An input tile d becomes v = B^T d B, a kernel g becomes u = G g G^T; their products, summed over the channels for each
// position, are m, and the results of the tile are A^T m A. The kernel gradient is the adjoint: a tile of output deltas
// becomes A dy A^T, its products with v are summed over all tiles, and dw = G^T (that) G.
//
// The transforms below are those of one dimension. Along each axis a tile has RESULTS results of INPUTS inputs, and a kernel
// of TAPS taps becomes KERNELS values for PRODUCTS multiplications:
//
// - F(4, 3), 3 taps at unit stride: 6 products, of the points 0, 1, -1, 2, -2 and infinity.
// - F(4, 5), 5 taps at unit stride: 8 products, also of the points 1/2 and -1/2.
// - 3 taps at stride 2: every second input meets the outer taps, by F(4, 2) with the points 0, 1, -1, 2 and infinity, and
//   those between meet the middle tap, whose one value takes part in four products. The delta, ROTATED, has eight results of
//   five inputs: to every second one the outer taps contribute, to those between the middle tap. Which of them is the first
//   follows from the padding: in phase 1 it is one of the middle tap. The gradient is not done: 81 products of a tile of 16
//   deltas take as long to write and read as they save.
//
// The last tile of a column or a row of tiles may have fewer results, ROW_REST or COLUMN_REST; 0 where it is whole. Fewer
// results need fewer products, one each and TAPS - 1: the inputs behind those that they need may be anything, so they are
// taken such that the transform is 0 at the positions that are not KEPT, and the last position takes part in no result but
// the last.
//
// The positions of a transform lie STEP(their elements) apart: without the vector between them they would often fall into
// the same set of a cache, whose ways are fewer.
//
// C and K, the input and output channels, are at least V; where they are no multiple of V, the last vector starts early.
// All channel counts are those of the correlation that is done: for the delta, x is dy, C its channels and the kernels are
// rotated by 180 degrees.

#if STRIDE == 1
#define PRODUCTS (TAPS + 3)
#define KERNELS PRODUCTS
#define INPUTS PRODUCTS
#define RESULTS 4
#define INPUT_STEP 4
#else
#define PRODUCTS 9
#define KERNELS 6
#ifdef ROTATED
#define INPUTS 5
#define RESULTS 8
#define INPUT_STEP 4
#else
#define INPUTS 9
#define RESULTS 4
#define INPUT_STEP 8
#endif
#endif

#define STEP(elements) ((elements) + V)
// The parts of C that are summed over on their own.
#define PARTS ((C + CB - 1) / CB)
#define POSITIONS (PRODUCTS * PRODUCTS)
// Where the kernel's value of a position is.
#define KERNEL_OF(xi) (min((xi) / PRODUCTS, KERNELS - 1) * KERNELS + min((xi) % PRODUCTS, KERNELS - 1))

#define UNROLL _Pragma("unroll")
// Unrolled, these loops would take seconds to compile and as long to run.
#define ROLLED _Pragma("nounroll")
// a x + y, with a constant.
#define FMA(a, x, y) fma((vec)(a), x, y)

// FREE_INPUTS: takes the inputs that `rest` results do not need. INPUT_TRANSFORM: B^T d. KERNEL_TRANSFORM: G g.
// OUTPUT_TRANSFORM: A^T m. DELTA_TRANSFORM: A d. GRADIENT_TRANSFORM: G^T p.

#if STRIDE == 1
#define KEPT(xi, rest, phase) ((xi) < (rest) + TAPS - 1)
#else
#define KEPT(xi, rest, phase) ((xi) < 5 ? (xi) <= EVENS(rest, phase) : (xi) - 5 < ODDS(rest, phase))
#endif

#if STRIDE == 1 && TAPS == 3

#define FREE_INPUTS(d, rest, phase)                     \
  {                                                     \
    if (rest == 2) d[4] = FMA(2.0f, d[3] - d[1], d[2]); \
    if (rest == 1) d[3] = d[1], d[4] = d[2];            \
  }

#define INPUT_TRANSFORM(out, d, phase)                                     \
  {                                                                        \
    const vec even = FMA(-4.0f, d[2], d[4]), odd = FMA(-4.0f, d[1], d[3]); \
    const vec near = d[4] - d[2], far = 2.0f * (d[3] - d[1]);              \
    out(0, FMA(4.0f, d[0], FMA(-5.0f, d[2], d[4])))                        \
    out(1, even + odd)                                                     \
    out(2, even - odd)                                                     \
    out(3, near + far)                                                     \
    out(4, near - far)                                                     \
    out(5, FMA(4.0f, d[1], FMA(-5.0f, d[3], d[5])))                        \
  }

#define KERNEL_TRANSFORM(out, g)                                                                   \
  {                                                                                                \
    const vec ends = (g[0] + g[2]) * (-1.0f / 6.0f), middle = g[1] * (-1.0f / 6.0f);               \
    const vec wide = FMA(1.0f / 24.0f, g[0], g[2] * (1.0f / 6.0f)), slant = g[1] * (1.0f / 12.0f); \
    out(0, g[0] * 0.25f)                                                                           \
    out(1, ends + middle)                                                                          \
    out(2, ends - middle)                                                                          \
    out(3, wide + slant)                                                                           \
    out(4, wide - slant)                                                                           \
    out(5, g[2])                                                                                   \
  }

#define OUTPUT_TRANSFORM(out, m, phase)                      \
  {                                                          \
    const vec sum1 = m[1] + m[2], difference1 = m[1] - m[2]; \
    const vec sum2 = m[3] + m[4], difference2 = m[3] - m[4]; \
    out(0, m[0] + sum1 + sum2)                               \
    out(1, FMA(2.0f, difference2, difference1))              \
    out(2, FMA(4.0f, sum2, sum1))                            \
    out(3, FMA(8.0f, difference2, difference1) + m[5])       \
  }

#define DELTA_TRANSFORM(out, d)                                                         \
  {                                                                                     \
    const vec even = d[0] + d[2], odd = d[1] + d[3];                                    \
    const vec wideEven = FMA(4.0f, d[2], d[0]), wideOdd = FMA(8.0f, d[3], 2.0f * d[1]); \
    out(0, d[0])                                                                        \
    out(1, even + odd)                                                                  \
    out(2, even - odd)                                                                  \
    out(3, wideEven + wideOdd)                                                          \
    out(4, wideEven - wideOdd)                                                          \
    out(5, d[3])                                                                        \
  }

#define GRADIENT_TRANSFORM(out, p)                                                                \
  {                                                                                               \
    const vec sum1 = (p[1] + p[2]) * (-1.0f / 6.0f), difference1 = (p[2] - p[1]) * (1.0f / 6.0f); \
    const vec sum2 = p[3] + p[4], difference2 = (p[3] - p[4]) * (1.0f / 12.0f);                   \
    out(0, FMA(0.25f, p[0], FMA(1.0f / 24.0f, sum2, sum1)))                                       \
    out(1, difference1 + difference2)                                                             \
    out(2, FMA(1.0f / 6.0f, sum2, sum1) + p[5])                                                   \
  }

#elif STRIDE == 1

#define FREE_INPUTS(d, rest, phase)                                              \
  {                                                                              \
    const vec even = FMA(5.0f, d[4], -4.0f * d[2]);                              \
    if (rest == 2) d[6] = even + FMA(2.0f, d[1], FMA(-2.5f, d[3], 0.5f * d[5])); \
    if (rest == 1) d[5] = FMA(5.0f, d[3], -4.0f * d[1]), d[6] = even;            \
  }

#define INPUT_TRANSFORM(out, d, phase)                                                       \
  {                                                                                          \
    const vec even1 = FMA(-4.25f, d[4], d[2] + d[6]), odd1 = FMA(-4.25f, d[3], d[1] + d[5]); \
    const vec even2 = FMA(0.25f, d[2], FMA(-1.25f, d[4], d[6]));                             \
    const vec odd2 = FMA(0.5f, d[1], FMA(-2.5f, d[3], 2.0f * d[5]));                         \
    const vec even3 = FMA(4.0f, d[2], FMA(-5.0f, d[4], d[6]));                               \
    const vec odd3 = FMA(2.0f, d[1], FMA(-2.5f, d[3], 0.5f * d[5]));                         \
    out(0, FMA(5.25f, d[4] - d[2], d[0] - d[6]))                                             \
    out(1, even1 + odd1)                                                                     \
    out(2, even1 - odd1)                                                                     \
    out(3, even2 + odd2)                                                                     \
    out(4, even2 - odd2)                                                                     \
    out(5, even3 + odd3)                                                                     \
    out(6, even3 - odd3)                                                                     \
    out(7, FMA(5.25f, d[3] - d[5], d[7] - d[1]))                                             \
  }

#define KERNEL_TRANSFORM(out, g)                                                                    \
  {                                                                                                 \
    const vec even1 = (g[0] + g[2] + g[4]) * (-2.0f / 9.0f), odd1 = (g[1] + g[3]) * (-2.0f / 9.0f); \
    const vec even2 = FMA(16.0f, g[4], FMA(4.0f, g[2], g[0])) * (1.0f / 90.0f);                     \
    const vec odd2 = FMA(4.0f, g[3], g[1]) * (1.0f / 45.0f);                                        \
    const vec even3 = FMA(16.0f, g[0], FMA(4.0f, g[2], g[4])) * (2.0f / 45.0f);                     \
    const vec odd3 = FMA(4.0f, g[1], g[3]) * (4.0f / 45.0f);                                        \
    out(0, g[0])                                                                                    \
    out(1, even1 + odd1)                                                                            \
    out(2, even1 - odd1)                                                                            \
    out(3, even2 + odd2)                                                                            \
    out(4, even2 - odd2)                                                                            \
    out(5, even3 + odd3)                                                                            \
    out(6, even3 - odd3)                                                                            \
    out(7, g[4])                                                                                    \
  }

#define OUTPUT_TRANSFORM(out, m, phase)                                          \
  {                                                                              \
    const vec sum1 = m[1] + m[2], difference1 = m[1] - m[2];                     \
    const vec sum2 = m[3] + m[4], difference2 = m[3] - m[4];                     \
    const vec sum3 = m[5] + m[6], difference3 = m[5] - m[6];                     \
    out(0, m[0] + sum1 + sum2 + sum3)                                            \
    out(1, FMA(0.5f, difference3, FMA(2.0f, difference2, difference1)))          \
    out(2, FMA(0.25f, sum3, FMA(4.0f, sum2, sum1)))                              \
    out(3, FMA(0.125f, difference3, FMA(8.0f, difference2, difference1)) + m[7]) \
  }

#define DELTA_TRANSFORM(out, d)                                                      \
  {                                                                                  \
    const vec even1 = d[0] + d[2], odd1 = d[1] + d[3];                               \
    const vec even2 = FMA(4.0f, d[2], d[0]), odd2 = FMA(8.0f, d[3], 2.0f * d[1]);    \
    const vec even3 = FMA(0.25f, d[2], d[0]), odd3 = FMA(0.125f, d[3], 0.5f * d[1]); \
    out(0, d[0])                                                                     \
    out(1, even1 + odd1)                                                             \
    out(2, even1 - odd1)                                                             \
    out(3, even2 + odd2)                                                             \
    out(4, even2 - odd2)                                                             \
    out(5, even3 + odd3)                                                             \
    out(6, even3 - odd3)                                                             \
    out(7, d[3])                                                                     \
  }

#define GRADIENT_TRANSFORM(out, p)                                                                 \
  {                                                                                                \
    const vec sum1 = (p[1] + p[2]) * (-2.0f / 9.0f), difference1 = (p[2] - p[1]) * (2.0f / 9.0f);  \
    const vec sum2 = (p[3] + p[4]) * (1.0f / 90.0f), difference2 = (p[3] - p[4]) * (1.0f / 45.0f); \
    const vec sum3 = (p[5] + p[6]) * (2.0f / 45.0f), difference3 = (p[5] - p[6]) * (4.0f / 45.0f); \
    out(0, FMA(16.0f, sum3, p[0] + sum1 + sum2))                                                   \
    out(1, FMA(4.0f, difference3, difference1 + difference2))                                      \
    out(2, FMA(4.0f, sum2 + sum3, sum1))                                                           \
    out(3, FMA(4.0f, difference2, difference1 + difference3))                                      \
    out(4, FMA(16.0f, sum2, sum1 + sum3) + p[7])                                                   \
  }

#else

// Where the inputs of the outer taps and of the middle one are, and how many of the first `rest` results have outer taps.
#ifdef ROTATED
#define EVEN(j) (j)
#define ODD(j, phase) ((j) + 1 - (phase))
#define EVENS(rest, phase) (((rest) + 1 - (phase)) / 2)
#define ODDS(rest, phase) (((rest) + (phase)) / 2)
#else
#define EVEN(j) (2 * (j))
#define ODD(j, phase) (2 * (j) + 1)
#define EVENS(rest, phase) (rest)
#define ODDS(rest, phase) (rest)
#endif

#define FREE_INPUTS(d, rest, phase)                       \
  {                                                       \
    if (EVENS(rest, phase) <= 2) d[EVEN(3)] = d[EVEN(1)]; \
    if (EVENS(rest, phase) <= 1) d[EVEN(2)] = d[EVEN(1)]; \
  }

#define INPUT_TRANSFORM(out, d, phase)                                         \
  {                                                                            \
    const vec last = d[EVEN(3)] - d[EVEN(2)], outer = d[EVEN(3)] - d[EVEN(1)]; \
    out(0, FMA(2.0f, d[EVEN(0)] - d[EVEN(2)], outer))                          \
    out(1, FMA(-2.0f, d[EVEN(1)], last))                                       \
    out(2, FMA(2.0f, d[EVEN(1)] - d[EVEN(2)], last))                           \
    out(3, outer)                                                              \
    out(4, FMA(-2.0f, outer, d[EVEN(4)] - d[EVEN(2)]))                         \
    out(5, d[ODD(0, phase)])                                                   \
    out(6, d[ODD(1, phase)])                                                   \
    out(7, d[ODD(2, phase)])                                                   \
    out(8, d[ODD(3, phase)])                                                   \
  }

#define KERNEL_TRANSFORM(out, g)                  \
  {                                               \
    out(0, g[0] * 0.5f)                           \
    out(1, (g[0] + g[2]) * -0.5f)                 \
    out(2, (g[2] - g[0]) * (1.0f / 6.0f))         \
    out(3, FMA(2.0f, g[2], g[0]) * (1.0f / 6.0f)) \
    out(4, g[2])                                  \
    out(5, g[1])                                  \
  }

// The results of two taps, from the first five products.
#define EVEN_RESULTS(m)                                                     \
  const vec sum = m[1] + m[2], difference = m[1] - m[2];                    \
  const vec even0 = m[0] + sum + m[3], even1 = FMA(2.0f, m[3], difference); \
  const vec even2 = FMA(4.0f, m[3], sum), even3 = FMA(8.0f, m[3], difference) + m[4];

#ifdef ROTATED
#define OUTPUT_TRANSFORM(out, m, phase) \
  {                                     \
    EVEN_RESULTS(m)                     \
    out(phase, even0)                   \
    out(1 - (phase), m[5])              \
    out(2 + (phase), even1)             \
    out(3 - (phase), m[6])              \
    out(4 + (phase), even2)             \
    out(5 - (phase), m[7])              \
    out(6 + (phase), even3)             \
    out(7 - (phase), m[8])              \
  }
#else
#define OUTPUT_TRANSFORM(out, m, phase) \
  {                                     \
    EVEN_RESULTS(m)                     \
    out(0, even0 + m[5])                \
    out(1, even1 + m[6])                \
    out(2, even2 + m[7])                \
    out(3, even3 + m[8])                \
  }
#endif

#endif

// Tiles are numbered so that those that have a position are neighbours: those cut off below come first, then the whole
// ones, those cut off at the right, and those cut off at both. The number of the first of the second, third and fourth kind:
int3 tile_kinds(int batch, int tileRows, int tileColumns)
{
  const int wholeRows = tileRows - (ROW_REST > 0), wholeColumns = tileColumns - (COLUMN_REST > 0);
  const int whole = ROW_REST > 0 ? batch * wholeColumns : 0;
  const int right = whole + batch * wholeRows * wholeColumns;
  return (int3)(whole, right, COLUMN_REST > 0 ? right + batch * wholeRows : right);
}

// The image, row and column of a tile.
int3 tile_place(int tile, int batch, int tileRows, int tileColumns)
{
  const int wholeRows = tileRows - (ROW_REST > 0), wholeColumns = tileColumns - (COLUMN_REST > 0);
  const int3 kinds = tile_kinds(batch, tileRows, tileColumns);
  const int isBelow = tile < kinds.x || tile >= kinds.z, isRight = tile >= kinds.y;
  const int rows = isBelow ? 1 : wholeRows, columns = isRight ? 1 : wholeColumns;
  const int at = tile - (tile < kinds.x ? 0 : tile < kinds.y ? kinds.x : tile < kinds.z ? kinds.y : kinds.z);
  return (int3)(
      at / (rows * columns), (isBelow ? wholeRows : 0) + at / columns % rows, (isRight ? wholeColumns : 0) + at % columns);
}

// The first and the end of those of `tiles` tiles from `first` that have a position.
int2 tiles_with(int xi, int first, int tiles, int batch, int tileRows, int tileColumns)
{
  const int3 kinds = tile_kinds(batch, tileRows, tileColumns);
  const int isInBelow = ROW_REST == 0 || KEPT(xi / PRODUCTS, ROW_REST, ROW_PHASE);
  const int isInRight = COLUMN_REST == 0 || KEPT(xi % PRODUCTS, COLUMN_REST, COLUMN_PHASE);
  const int begin = isInBelow ? 0 : kinds.x;
  const int end = isInRight ? (isInBelow ? INT_MAX : kinds.z) : kinds.y;
  return (int2)(clamp(begin, first, first + tiles) - first, clamp(end, first, first + tiles) - first);
}

// Asks for `rows` x `columns` pixels of an image, of which some may lie outside, for V channels: those that the next tile does
// not share with this one. They lie in so many places that processors do not foresee them.
#define PREFETCH_PIXELS(ASK, image, H, W, i0, j0, rows, columns, channels) \
  for (int i = max(i0, 0); i < min((i0) + (rows), H); i++)                 \
    for (int j = max(j0, 0); j < min((j0) + (columns), W); j++)            \
      ASK((image) + ((size_t)i * (W) + j) * (channels));

// B^T d B of the tile whose first input row and column are (i0, j0), for V channels, to `out`, positions `step` apart.
#define TRANSFORM_INPUT_TILE(image, H, W, i0, j0, isLastRow, isLastColumn, channels)     \
  if (i0 >= 0 && i0 + INPUTS <= (H) && j0 >= 0 && j0 + INPUTS <= (W)) {                  \
    TRANSFORM_INPUT(GET_INSIDE, image, H, W, i0, j0, isLastRow, isLastColumn, channels)  \
  } else {                                                                               \
    TRANSFORM_INPUT(GET_CHECKED, image, H, W, i0, j0, isLastRow, isLastColumn, channels) \
  }
#define TRANSFORM_INPUT(GET, image, H, W, i0, j0, isLastRow, isLastColumn, channels)      \
  {                                                                                       \
    vec t[PRODUCTS][INPUTS];                                                              \
    global const float *corner = (image) + ((long)(i0) * (W) + (j0)) * (channels);        \
    ROLLED for (int j = 0; j < INPUTS; j++) {                                             \
      vec d[INPUTS];                                                                      \
      UNROLL for (int i = 0; i < INPUTS; i++) d[i] = GET(H, W, i0, j0, channels);         \
      if (ROW_REST > 0 && (isLastRow)) FREE_INPUTS(d, ROW_REST, ROW_PHASE)                \
      INPUT_TRANSFORM(PUT_T, d, ROW_PHASE)                                                \
    }                                                                                     \
    ROLLED for (int i = 0; i < PRODUCTS; i++) {                                           \
      if (COLUMN_REST > 0 && (isLastColumn)) FREE_INPUTS(t[i], COLUMN_REST, COLUMN_PHASE) \
      INPUT_TRANSFORM(PUT_V, t[i], COLUMN_PHASE)                                          \
    }                                                                                     \
  }
#define GET_INSIDE(H, W, i0, j0, channels) LOAD(corner + ((long)i * (W) + j) * (channels))
#define GET_CHECKED(H, W, i0, j0, channels)                                                              \
  (uint)((j0) + j) < (uint)(W) && (uint)((i0) + i) < (uint)(H) ? GET_INSIDE(H, W, i0, j0, channels) : (vec)(0.0f)
#define PUT_T(i, value) t[i][j] = value;
#define PUT_V(j, value) STORE(value, out + (i * PRODUCTS + (j)) * step);

#define ZERO(sum)                     \
  UNROLL for (int i = 0; i < MR; i++) \
      UNROLL for (int j = 0; j < NV; j++) sum[i][j] = (vec)(0.0f);

// Adds NV sums of a part to those of the parts before, which rounds less than one sum of all.
#define ADD_SUMS(sums, place, isFirst) \
  UNROLL for (int j = 0; j < NV; j++)  \
      STORE((isFirst) ? sums[j] : LOAD((place) + j * V) + sums[j], (place) + j * V);

#ifndef FUSED

#ifdef GRADIENT
#define LANE_OF(own, c) (own)
#else
#define LANE_OF(own, c) (c)
#endif

// v[POSITIONS][parts of C][tiles][CB], the transforms of the tiles from `first`. One work-item a tile. For a gradient the
// last vector of C starts early; otherwise CB divides C or leaves at least V, and the last vector of a part lies early in it.
kernel void winograd_input(
    global const float *restrict x, global float *restrict v, int first, int tiles, int batch, int tileRows,
    int tileColumns, int H, int W, int top, int left)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int3 place = tile_place(first + tile, batch, tileRows, tileColumns);
  const int i0 = place.y * INPUT_STEP - top, j0 = place.z * INPUT_STEP - left;
  global const float *image = x + (size_t)place.x * H * W * C;
  const size_t step = STEP((size_t)tiles * PARTS * CB);
  for (int part = 0; part < PARTS; part++) {
    const int begin = part * CB, end = min(begin + CB, C);
    for (int own = begin; own < end; own += V) {
      const int c = min(own, end - V);
      global const float *in = image + c;
      global float *out = v + ((size_t)part * tiles + tile) * CB + LANE_OF(own, c) - begin;
      PREFETCH_PIXELS(PREFETCH, in, H, W, i0, j0 + INPUTS, INPUTS, INPUT_STEP, C)
      TRANSFORM_INPUT_TILE(in, H, W, i0, j0, place.y == tileRows - 1, place.z == tileColumns - 1, C)
    }
  }
}

#endif
