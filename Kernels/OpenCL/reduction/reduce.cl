// Reductions along one axis, x[outer, reduced, inner] to y[outer, splits, inner]: sums, products, the greatest and the
// least. A range of the axis is a split; another launch reduces those, which makes the order of every sum a fixed one.
//
// Constants: TERM, what an element contributes: 0 itself, 1 its magnitude, 2 its square, 3 the exponential of its
// distance from `shifts`; COMBINE, how two of them are combined: 0 sum, 1 product, 2 the greater, 3 the lesser; FINISH,
// what is made of the whole: 0 nothing, 1 the mean of `count` elements, 2 the square root, 3 `shifts` and the
// logarithm; V and NV; LINES and LANES for work-groups.

#ifdef PARSE_ONLY
#define TERM 3
#define COMBINE 0
#define FINISH 3
#define NV 2
#define LINES 64
#define LANES 1
#endif

#ifndef NV
#define NV 1
#endif

#include "include/special-values.h"
#include "include/vector.h"
#include "reduction/tree.h"

// shifts[outer, inner] are the greatest elements, where they are finite.
#if TERM == 3 || FINISH == 3
#define SHIFT_PARAMETER , global const float *restrict shifts
#define SHIFT(T, GET) const T greatest = GET, shift = FINITE(greatest) ? greatest : (T)(0.0f);
#else
#define SHIFT_PARAMETER
#define SHIFT(T, GET)
#endif

#if FINISH == 1
#define COUNT_PARAMETER , int count
#define FINISHED(total) ((total) / (float)count)
#elif FINISH == 2
#define COUNT_PARAMETER
#define FINISHED(total) sqrt(total)
#elif FINISH == 3
#define COUNT_PARAMETER
#define FINISHED(total) (shift + log(total))
#else
#define COUNT_PARAMETER
#define FINISHED(total) (total)
#endif

#if TERM == 1
#define TERM_OF(x) fabs(x)
#elif TERM == 2
#define TERM_OF(x) ((x) * (x))
#elif TERM == 3
#define TERM_OF(x) exp((x)-shift)
#else
#define TERM_OF(x) (x)
#endif

// A NaN is greater, or less, than all numbers.
#if COMBINE == 1
#define NEUTRAL 1.0f
#define COMBINED(a, b) ((a) * (b))
#elif COMBINE == 2
#define NEUTRAL (-INFINITY)
#define COMBINED(a, b) ((((a) < (b)) | ((b) != (b))) ? (b) : (a))
#elif COMBINE == 3
#define NEUTRAL INFINITY
#define COMBINED(a, b) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))
#else
#define NEUTRAL 0.0f
#define COMBINED(a, b) ((a) + (b))
#endif

// Adds an element to `total`.
#define ADD_TERM(T, total, value)    \
  {                                  \
    const T value_ = (value);        \
    const T term_ = TERM_OF(value_); \
    total = COMBINED(total, term_);  \
  }

// A part of a row, whose sums are added up on their own.
#define PART 4096
// The vectors of accumulators, so many that additions do not wait for each other.
#define WAYS 4

// Where `inner` is 1. One work-item some rows and a split.
kernel void reduce_rows(
    global const float *restrict x, global float *restrict y SHIFT_PARAMETER, int rows, int columns, int splits,
    int rowsPerItem COUNT_PARAMETER)
{
  const int item = get_global_id(0), split = item % splits, first = item / splits * rowsPerItem;
  const int begin = (long)columns * split / splits, end = (long)columns * (split + 1) / splits;
  for (int row = first; row < min(first + rowsPerItem, rows); row++) {
    SHIFT(float, shifts[row])
    global const float *in = x + row * columns;
    float total = NEUTRAL;
    for (int from = begin; from < end; from += PART) {
      const int to = min(from + PART, end);
      vec ways[WAYS];
      UNROLLED_FOR(w, WAYS) ways[w] = (vec)(NEUTRAL);
      int at = from;
      for (; at <= to - WAYS * V; at += WAYS * V)
        UNROLLED_FOR(w, WAYS) ADD_TERM(vec, ways[w], LOAD(in + at + w * V))
      for (; at <= to - V; at += V) ADD_TERM(vec, ways[0], LOAD(in + at))
      float part = NEUTRAL;
      for (; at < to; at++) ADD_TERM(float, part, in[at])
      ways[0] = COMBINED(ways[0], ways[1]);
      ways[2] = COMBINED(ways[2], ways[3]);
      ways[0] = COMBINED(ways[0], ways[2]);
      float lanes[V];
      STORE(ways[0], lanes);
      for (int l = 0; l < V; l++) part = COMBINED(part, lanes[l]);
      total = COMBINED(total, part);
    }
    y[row * splits + split] = FINISHED(total);
  }
}

// One work-item NV * V neighbouring columns and a split, `part` of whose elements are added up at a time. The last
// columns overlap their neighbours, and store only their own.
kernel void reduce_columns(
    global const float *restrict x, global float *restrict y SHIFT_PARAMETER, int outer, int reduced, int inner,
    int blocks, int splits, int part COUNT_PARAMETER)
{
  const int item = get_global_id(0), block = item % blocks, split = item / blocks % splits;
  const int o = item / blocks / splits;
  if (o >= outer) return;
  const int own = block * NV * V;
  const int first = min(own, inner - NV * V);
  const int begin = (long)reduced * split / splits, end = (long)reduced * (split + 1) / splits;
  vec totals[NV];
  UNROLLED_FOR(j, NV) totals[j] = (vec)(NEUTRAL);
  for (int from = begin; from < end; from += part) {
    vec parts[NV];
    UNROLLED_FOR(j, NV) parts[j] = (vec)(NEUTRAL);
    for (int r = from; r < min(from + part, end); r++)
      UNROLLED_FOR(j, NV) {
        SHIFT(vec, LOAD(shifts + o * inner + first + j * V))
        ADD_TERM(vec, parts[j], LOAD(x + (o * reduced + r) * inner + first + j * V))
      }
    UNROLLED_FOR(j, NV) totals[j] = COMBINED(totals[j], parts[j]);
  }
  global float *out = y + (o * splits + split) * inner + first;
  for (int j = 0; j < NV; j++) {
    SHIFT(vec, LOAD(shifts + o * inner + first + j * V))
    float values[V];
    STORE(FINISHED(totals[j]), values);
    for (int l = max(0, own - first - j * V); l < V; l++) out[j * V + l] = values[l];
  }
}

#ifdef LINES

// One work-group LANES neighbouring columns and a split; a work-item adds up `part` of its elements at a time.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_reduce(
    global const float *restrict x, global float *restrict y SHIFT_PARAMETER, int reduced, int inner, int blocks,
    int splits, int part COUNT_PARAMETER)
{
  local float values[ITEMS];
  const int group = get_group_id(0), split = group / blocks % splits, o = group / blocks / splits;
  const int column = group % blocks * LANES + LANE, c = min(column, inner - 1);
  const int begin = (long)reduced * split / splits, end = (long)reduced * (split + 1) / splits;
  SHIFT(float, shifts[o * inner + c])
  float total = NEUTRAL;
  for (int from = begin + LINE; from < end; from += part * LINES) {
    float sum = NEUTRAL;
    for (int r = from; r < min(from + part * LINES, end); r += LINES)
      ADD_TERM(float, sum, x[(o * reduced + r) * inner + c])
    total = COMBINED(total, sum);
  }
  values[ITEM] = total;
  TREE(values[ITEM] = COMBINED(values[ITEM], values[other]);)
  if (LINE == 0 && column < inner) y[(o * splits + split) * inner + c] = FINISHED(values[ITEM]);
}

#endif
