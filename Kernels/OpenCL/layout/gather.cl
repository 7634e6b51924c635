// Rows of a tensor by their indices, and sums of rows by their indices.
//
// x[outer, extent, inner] and y[outer, count, inner], or the reverse: a row is `inner` neighbouring elements. An index
// below 0 counts from the end. Elements of int32 move as the bits of floats.

#include "include/vector.h"

// The place that an index stands for; it is below 0 or not below `extent` where there is none.
inline static int place(int index, int extent) { return index < 0 ? index + extent : index; }

// y[o, k] = x[o, indices[k]], or the bits of `missing` where there is no such row. One work-item: `rowsPerItem` rows of
// y, of each one of its `pieces` pieces of `piece` elements.
kernel void gather(
    global const float *restrict x, global const int *restrict indices, global float *restrict y, int count, int extent,
    int inner, int missing, int rows, int rowsPerItem, int pieces, int piece)
{
  const int item = get_global_id(0);
  const int first = item / pieces * rowsPerItem, begin = item % pieces * piece;
  if (first >= rows) return;
  const int last = min(first + rowsPerItem, rows), end = min(begin + piece, inner);
  for (int row = first; row < last; row++) {
    const int index = place(indices[row % count], extent);
    const int exists = index >= 0 && index < extent;
    global const float *from = x + (exists ? ((size_t)(row / count) * extent + index) * inner : 0);
    global float *to = y + (size_t)row * inner;
    int at = begin;
    if (exists)
      for (; at <= end - V; at += V) STORE(LOAD(from + at), to + at);
    for (; at < end; at++) to[at] = exists ? from[at] : as_float(missing);
  }
}

// For each of `extent` places a list of the k whose index it is, in ascending order: heads[i] is the first, next[k] the
// one after k, and -1 ends it. One work-item: `perItem` places. It reads all indices, so that no two write to one list.
kernel void scatter_lists(
    global const int *restrict indices, global int *restrict heads, global int *restrict next, int count, int extent,
    int perItem)
{
  const int begin = get_global_id(0) * perItem, end = min(begin + perItem, extent);
  for (int i = begin; i < end; i++) heads[i] = -1;
  for (int k = count - 1; k >= 0; k--) {
    const int index = place(indices[k], extent);
    if (index < begin || index >= end) continue;
    next[k] = heads[index];
    heads[index] = k;
  }
}

// y[o, i] = the sum of x[o, k] over all k whose index is i, in the order of scatter_lists, `part` of them at a time.
// One work-item as in gather.
kernel void scatter_add(
    global const float *restrict x, global const int *restrict heads, global const int *restrict next,
    global float *restrict y, int count, int extent, int inner, int part, int rows, int rowsPerItem, int pieces,
    int piece)
{
  const int item = get_global_id(0);
  const int first = item / pieces * rowsPerItem, begin = item % pieces * piece;
  if (first >= rows) return;
  const int last = min(first + rowsPerItem, rows), end = min(begin + piece, inner);

// at is where `T` elements begin, loaded and stored by GET and PUT.
#define ADD_LIST(T, GET, PUT)                              \
  T total = (T)(0.0f), sum = (T)(0.0f);                    \
  int left = part;                                         \
  for (int k = heads[row % extent]; k >= 0; k = next[k]) { \
    sum += GET(from + (size_t)k * inner + at);             \
    if (--left == 0) {                                     \
      total += sum;                                        \
      sum = (T)(0.0f);                                     \
      left = part;                                         \
    }                                                      \
  }                                                        \
  PUT(total + sum, to + at);
#define GET_ELEMENT(p) (*(p))
#define PUT_ELEMENT(value, p) *(p) = (value)

  for (int row = first; row < last; row++) {
    global const float *from = x + (size_t)(row / extent) * count * inner;
    global float *to = y + (size_t)row * inner;
    int at = begin;
    for (; at <= end - V; at += V) { ADD_LIST(vec, LOAD, STORE) }
    for (; at < end; at++) { ADD_LIST(float, GET_ELEMENT, PUT_ELEMENT) }
  }
}
