// The tiles of an image: their numbers and places, and the transform of the input.

#ifndef WINOGRAD_TILES_H
#define WINOGRAD_TILES_H

#include "include/prefetch.h"
#include "winograd/algorithm.h"

// Tiles are numbered so that those that have a position are neighbours: those cut off below come first, then the whole
// ones, those cut off at the right, and those cut off at both. The number of the first of the second, third and fourth
// kind:
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
  return (
      int3)(at / (rows * columns), (isBelow ? wholeRows : 0) + at / columns % rows, (isRight ? wholeColumns : 0) + at % columns);
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

// Prefetches `rows` x `columns` pixels of an image, of which some may lie outside, for V channels: those that the next
// tile does not share with this one. They lie in too many places for the hardware prefetcher.
#define PREFETCH_PIXELS(PREFETCH_LINE, image, H, W, i0, j0, rows, columns, channels) \
  for (int i = max(i0, 0); i < min((i0) + (rows), H); i++)                           \
    for (int j = max(j0, 0); j < min((j0) + (columns), W); j++)                      \
      PREFETCH_LINE((image) + ((size_t)i * (W) + j) * (channels));

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
    ROLLED_FOR(j, INPUTS) {                                                               \
      vec d[INPUTS];                                                                      \
      UNROLLED_FOR(i, INPUTS) d[i] = GET(H, W, i0, j0, channels);                         \
      if (ROW_REST > 0 && (isLastRow)) FREE_INPUTS(d, ROW_REST, ROW_PHASE)                \
      INPUT_TRANSFORM(PUT_T, d, ROW_PHASE)                                                \
    }                                                                                     \
    ROLLED_FOR(i, PRODUCTS) {                                                             \
      if (COLUMN_REST > 0 && (isLastColumn)) FREE_INPUTS(t[i], COLUMN_REST, COLUMN_PHASE) \
      INPUT_TRANSFORM(PUT_V, t[i], COLUMN_PHASE)                                          \
    }                                                                                     \
  }
#define GET_INSIDE(H, W, i0, j0, channels) LOAD(corner + ((long)i * (W) + j) * (channels))
#define GET_CHECKED(H, W, i0, j0, channels) \
  (uint)((j0) + j) < (uint)(W) && (uint)((i0) + i) < (uint)(H) ? GET_INSIDE(H, W, i0, j0, channels) : (vec)(0.0f)
#define PUT_T(i, value) t[i][j] = value;
#define PUT_V(j, value) STORE(value, out + (i * PRODUCTS + (j)) * step);

// Adds NV sums of a part to those of the parts before, which rounds less than one sum of all.
#define ADD_SUMS(sums, place, isFirst) \
  UNROLLED_FOR(j, NV) STORE((isFirst) ? sums[j] : LOAD((place) + j * V) + sums[j], (place) + j * V);

#endif
