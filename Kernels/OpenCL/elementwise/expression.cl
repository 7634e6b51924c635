// A formula for each element of y, from the elements of some inputs. ExpressionKernel generates what is particular to
// a formula:
//
// PARAMETERS: the inputs, the result, extents, and the formula's numbers.
// BEGIN_ROW: for a `row` of y, where it begins in an input, as the pointer p0 of the input x0, or the only element
// that it has of an input, as s0.
// STEPS(T, GET): the formula, for vectors and scalars alike: T is the type, GET(p) an element of a row.
// RESULT: its result.
//
// Constants: V.

#ifdef PARSE_ONLY
#define PARAMETERS global const float *x0, global const float *x1, global float *y, float c0
#define BEGIN_ROW                             \
  const int i0 = row;                         \
  global const float *p0 = x0 + i0 * columns; \
  const float s1 = x1[i0];
#define STEPS(T, GET)   \
  const T v0 = GET(p0); \
  const T v1 = s1;      \
  const T v2 = c0;      \
  const T v3 = v0 * v1; \
  const T v4 = pow(v3, v2);
#define RESULT v4
#endif

#include "include/vector.h"

#define VECTOR_GET(p) LOAD((p) + at)
#define SCALAR_GET(p) (p)[at]

// y[rows, columns]. One work-item `group` neighbouring elements of some rows. y may be an input of its shape: each
// element is read before it is written.
kernel void expression(PARAMETERS, int rows, int columns, int group, int rowsPerItem)
{
  const int item = get_global_id(0), groups = (columns + group - 1) / group;
  const int first = item % groups * group, begin = item / groups * rowsPerItem;
  const int last = min(first + group, columns);
  for (int row = begin; row < min(begin + rowsPerItem, rows); row++) {
    BEGIN_ROW
    global float *out = y + row * columns;
    int at = first;
    for (; at <= last - V; at += V) {
      STEPS(vec, VECTOR_GET)
      STORE(RESULT, out + at);
    }
    for (; at < last; at++) {
      STEPS(float, SCALAR_GET)
      out[at] = RESULT;
    }
  }
}
