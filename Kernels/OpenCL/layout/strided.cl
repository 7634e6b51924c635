// Copies of elements from one strided place to another, and their sums: transposes, slices, expansions and all else
// that moves elements without looking at them, and the deltas of these.
//
// An element has a place along each of RANK axes, the last one innermost. Its index in x is xOffset plus the sum of its
// places times the axes' xSteps, and so it is in y; steps may be negative. A row is the elements along the innermost
// axis. Elements of int32 move as the bits of floats.
//
// x and y may be the same memory if no element of it is both read and written.
//
// Constants: RANK, 4 or 16; axes that are not needed have an extent of 1.

#ifdef PARSE_ONLY
#define RANK 4
#endif

#include "include/vector.h"

#define AXIS(i) int JOIN(extent, i), int JOIN(xStep, i), int JOIN(yStep, i)
#if RANK == 4
#define AXES AXIS(0), AXIS(1), AXIS(2), AXIS(3)
#define OF_AXES(name)                                          \
  {                                                            \
    JOIN(name, 0), JOIN(name, 1), JOIN(name, 2), JOIN(name, 3) \
  }
#else
#define AXES                                                                                                    \
  AXIS(0), AXIS(1), AXIS(2), AXIS(3), AXIS(4), AXIS(5), AXIS(6), AXIS(7), AXIS(8), AXIS(9), AXIS(10), AXIS(11), \
      AXIS(12), AXIS(13), AXIS(14), AXIS(15)
#define OF_AXES(name)                                                                                                \
  {                                                                                                                  \
    JOIN(name, 0), JOIN(name, 1), JOIN(name, 2), JOIN(name, 3), JOIN(name, 4), JOIN(name, 5), JOIN(name, 6),         \
        JOIN(name, 7), JOIN(name, 8), JOIN(name, 9), JOIN(name, 10), JOIN(name, 11), JOIN(name, 12), JOIN(name, 13), \
        JOIN(name, 14), JOIN(name, 15)                                                                               \
  }
#endif

// The first element of a row: `number` counts the rows along the first `outer` axes.
#define BEGIN_ROWS(number, outer)                                                                          \
  const int extents[RANK] = OF_AXES(extent), xSteps[RANK] = OF_AXES(xStep), ySteps[RANK] = OF_AXES(yStep); \
  int places[RANK], xAt = xOffset, yAt = yOffset, rest_ = (number);                                        \
  UNROLL for (int a = (outer)-1; a >= 0; a--)                                                              \
  {                                                                                                        \
    places[a] = rest_ % extents[a];                                                                        \
    rest_ /= extents[a];                                                                                   \
    xAt += places[a] * xSteps[a];                                                                          \
    yAt += places[a] * ySteps[a];                                                                          \
  }
// That of the next row; of the first one after the last.
#define NEXT_ROW(outer)                  \
  for (int a = (outer)-1; a >= 0; a--) { \
    if (places[a] + 1 < extents[a]) {    \
      places[a]++;                       \
      xAt += xSteps[a];                  \
      yAt += ySteps[a];                  \
      break;                             \
    }                                    \
    xAt -= places[a] * xSteps[a];        \
    yAt -= places[a] * ySteps[a];        \
    places[a] = 0;                       \
  }

// y = x. One work-item: `rowsPerItem` rows, of each one of its `pieces` pieces of `piece` elements.
kernel void strided_copy(
    global const float *x, global float *y, int xOffset, int yOffset, AXES, int rows, int rowsPerItem, int pieces,
    int piece)
{
  const int item = get_global_id(0);
  const int first = item / pieces * rowsPerItem, begin = item % pieces * piece;
  if (first >= rows) return;
  BEGIN_ROWS(first, RANK - 1)
  const int end = min(begin + piece, extents[RANK - 1]), xStep = xSteps[RANK - 1], yStep = ySteps[RANK - 1];
  const int last = min(first + rowsPerItem, rows);
  for (int row = first; row < last; row++) {
    global const float *from = x + xAt;
    global float *to = y + yAt;
    int at = begin;
    if (xStep == 1 && yStep == 1)
      for (; at <= end - V; at += V) STORE(LOAD(from + at), to + at);
    for (; at < end; at++) to[at * yStep] = from[at * xStep];
    NEXT_ROW(RANK - 1)
  }
}

// y = x where the last axis but one has an xStep of 1 and the last one a yStep of 1: matrices that are transposed, V
// rows and columns at a time, so that both are read and written by vectors. One work-item: of one matrix
// `columnsPerItem` columns of x, of these `rowsPerItem` rows.
kernel void strided_transpose(
    global const float *x, global float *y, int xOffset, int yOffset, AXES, int matrices, int rowsPerItem,
    int columnsPerItem, int rowPieces, int columnPieces)
{
  const int item = get_global_id(0);
  const int matrix = item / rowPieces / columnPieces;
  if (matrix >= matrices) return;
  BEGIN_ROWS(matrix, RANK - 2)
  const int rowBegin = item % rowPieces * rowsPerItem, columnBegin = item / rowPieces % columnPieces * columnsPerItem;
  const int rowEnd = min(rowBegin + rowsPerItem, extents[RANK - 1]);
  const int columnEnd = min(columnBegin + columnsPerItem, extents[RANK - 2]);
  const int xStep = xSteps[RANK - 1], yStep = ySteps[RANK - 2];
  for (int row = rowBegin; row < rowEnd; row += V)
    for (int column = columnBegin; column < columnEnd; column += V) {
      global const float *from = x + xAt + row * xStep + column;
      global float *to = y + yAt + column * yStep + row;
      if (row <= rowEnd - V && column <= columnEnd - V) {
        vec block[V];
        UNROLLED_FOR(i, V) block[i] = LOAD(from + i * xStep);
        TRANSPOSE(block)
        UNROLLED_FOR(i, V) STORE(block[i], to + i * yStep);
      } else {
        for (int j = 0; j < min(V, columnEnd - column); j++)
          for (int i = 0; i < min(V, rowEnd - row); i++) to[j * yStep + i] = from[i * xStep + j];
      }
    }
}

#define SIDE 32
#define ITEMS 64

// The same through local memory, so that neighbouring work-items read neighbouring elements and write them. One
// work-group: SIDE rows and columns of one matrix.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_strided_transpose(
    global const float *x, global float *y, int xOffset, int yOffset, AXES, int rowPieces, int columnPieces)
{
  // A column more, against bank conflicts.
  local float tile[SIDE][SIDE + 1];
  const int group = get_group_id(0), lane = get_local_id(0) % SIDE, line = get_local_id(0) / SIDE;
  BEGIN_ROWS(group / rowPieces / columnPieces, RANK - 2)
  const int row = group % rowPieces * SIDE, column = group / rowPieces % columnPieces * SIDE;
  const int rows = min(SIDE, extents[RANK - 1] - row), columns = min(SIDE, extents[RANK - 2] - column);
  const int xStep = xSteps[RANK - 1], yStep = ySteps[RANK - 2];
  for (int i = line; i < rows; i += ITEMS / SIDE)
    if (lane < columns) tile[i][lane] = x[xAt + (row + i) * xStep + column + lane];
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int j = line; j < columns; j += ITEMS / SIDE)
    if (lane < rows) y[yAt + (column + j) * yStep + row + lane] = tile[lane][j];
}

// y = the sums of x over `count` elements that are `termStep` apart, or y plus these sums. Along the first axis are
// ranges of `part` of the elements, whose sums are stored one by one. One work-item as in strided_copy.
kernel void strided_sum(
    global const float *x, global float *y, int xOffset, int yOffset, AXES, int rows, int rowsPerItem, int pieces,
    int piece, int count, int termStep, int part, int accumulates)
{
  const int item = get_global_id(0);
  const int first = item / pieces * rowsPerItem, begin = item % pieces * piece;
  if (first >= rows) return;
  BEGIN_ROWS(first, RANK - 1)
  const int end = min(begin + piece, extents[RANK - 1]), xStep = xSteps[RANK - 1], yStep = ySteps[RANK - 1];
  const int last = min(first + rowsPerItem, rows);
  for (int row = first; row < last; row++) {
    const int terms = min(part, count - places[0] * part);
    global const float *from = x + xAt;
    global float *to = y + yAt;
    int at = begin;
    if (xStep == 1 && yStep == 1)
      for (; at <= end - V; at += V) {
        vec sum = (vec)(0.0f);
        for (int i = 0; i < terms; i++) sum += LOAD(from + i * termStep + at);
        if (accumulates) sum += LOAD(to + at);
        STORE(sum, to + at);
      }
    for (; at < end; at++) {
      float sum = 0.0f;
      for (int i = 0; i < terms; i++) sum += from[i * termStep + at * xStep];
      to[at * yStep] = accumulates ? to[at * yStep] + sum : sum;
    }
    NEXT_ROW(RANK - 1)
  }
}
