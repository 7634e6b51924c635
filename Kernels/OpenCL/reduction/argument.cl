// The position of the greatest or least element along one axis, x[outer, reduced, inner] to y[outer, inner]: the first
// of equal ones, and of a NaN before numbers. The first stage finds it in each of `splits` ranges of the axis, the
// second takes the best of these in ascending order.
//
// Constants: V; LEAST if it is 1 asks for the least.

#ifdef PARSE_ONLY
#define LEAST 0
#endif

#include "include/vector.h"

#if LEAST
#define BEYOND(a, b) ((a) < (b))
#else
#define BEYOND(a, b) ((a) > (b))
#endif
// Whether `value` takes the place of what was found so far.
#define REPLACES(value, best) (BEYOND(value, best) | (((value) != (value)) & ((best) == (best))))

// Where `inner` is 1, to values and positions[rows, splits]. One work-item some rows and a split.
kernel void argument_rows(
    global const float *restrict x, global float *restrict values, global int *restrict positions, int rows,
    int columns, int splits, int rowsPerItem)
{
  const int item = get_global_id(0), split = item % splits, first = item / splits * rowsPerItem;
  const int begin = (long)columns * split / splits, end = (long)columns * (split + 1) / splits;
  for (int row = first; row < min(first + rowsPerItem, rows); row++) {
    global const float *in = x + row * columns;
    float best = in[begin];
    int position = begin, at = begin;
    if (begin <= end - V) {
      vec bests = LOAD(in + begin);
      ivec vectors = (ivec)(begin);
      for (at = begin + V; at <= end - V; at += V) {
        const vec value = LOAD(in + at);
        const ivec replaces = REPLACES(value, bests);
        bests = replaces ? value : bests;
        vectors = replaces ? (ivec)(at) : vectors;
      }
      float lanes[V];
      int starts[V];
      STORE(bests, lanes);
      STORE(vectors, starts);
      best = lanes[0];
      position = starts[0];
      for (int l = 1; l < V; l++) {
        const int candidate = starts[l] + l;
        if (REPLACES(lanes[l], best) || (!REPLACES(best, lanes[l]) && candidate < position)) {
          best = lanes[l];
          position = candidate;
        }
      }
    }
    for (; at < end; at++)
      if (REPLACES(in[at], best)) {
        best = in[at];
        position = at;
      }
    values[row * splits + split] = best;
    positions[row * splits + split] = position;
  }
}

// To values and positions[outer, splits, inner]. One work-item V neighbouring columns and a split. The last columns
// overlap their neighbours, and store only their own.
kernel void argument_columns(
    global const float *restrict x, global float *restrict values, global int *restrict positions, int outer,
    int reduced, int inner, int blocks, int splits)
{
  const int item = get_global_id(0), block = item % blocks, split = item / blocks % splits;
  const int o = item / blocks / splits;
  if (o >= outer) return;
  const int own = block * V, first = min(own, inner - V);
  const int begin = (long)reduced * split / splits, end = (long)reduced * (split + 1) / splits;
  global const float *in = x + o * reduced * inner + first;
  vec bests = LOAD(in + begin * inner);
  ivec rows = (ivec)(begin);
  for (int r = begin + 1; r < end; r++) {
    const vec value = LOAD(in + r * inner);
    const ivec replaces = REPLACES(value, bests);
    bests = replaces ? value : bests;
    rows = replaces ? (ivec)(r) : rows;
  }
  float lanes[V];
  int starts[V];
  STORE(bests, lanes);
  STORE(rows, starts);
  const int to = (o * splits + split) * inner + first;
  for (int l = own - first; l < V; l++) {
    values[to + l] = lanes[l];
    positions[to + l] = starts[l];
  }
}

// y[outer, inner] from the ranges. One work-item a result.
kernel void argument_last(
    global const float *restrict values, global const int *restrict positions, global int *restrict y, int count,
    int inner, int splits)
{
  const int result = get_global_id(0);
  if (result >= count) return;
  const int from = result / inner * splits * inner + result % inner;
  float best = values[from];
  int position = positions[from];
  for (int split = 1; split < splits; split++) {
    const float value = values[from + split * inner];
    if (REPLACES(value, best)) {
      best = value;
      position = positions[from + split * inner];
    }
  }
  y[result] = position;
}
