// Element-wise operations: addition, scaling, filling, copying and activations.
//
// Constants: BLOCK; ACTIVATION and SLOPE; EPILOGUE.

#ifdef PARSE_ONLY
#define BLOCK 4096
#define ACTIVATION 1
#endif

#include "include/elementwise.h"
#include "include/epilogue.h"

#define ADD(T, GET, PUT)         \
  const T sum = GET(a) + GET(b); \
  PUT(y, FINISH(T, sum, GET(activated)));
kernel void add(global const float *a, global const float *b, global float *y, int count EPILOGUE_PARAMETERS)
{
  ELEMENTWISE(count, ADD)
}

#define SCALE(T, GET, PUT)          \
  const T scaled = factor * GET(x); \
  PUT(y, scaled);
kernel void scale(global const float *x, global float *y, int count, float factor) { ELEMENTWISE(count, SCALE) }

#define FILL(T, GET, PUT) PUT(y, (T)(value));
kernel void fill(global float *y, int count, float value) { ELEMENTWISE(count, FILL) }

#define COPY(T, GET, PUT) PUT(y, GET(x));
kernel void copy(global const float *x, global float *y, int count) { ELEMENTWISE(count, COPY) }

#ifdef ACTIVATION
#define ACTIVATION_VALUE(T, GET, PUT) \
  const T value = GET(x);             \
  PUT(y, ACTIVATE(T, value));
kernel void activation(global const float *x, global float *y, int count) { ELEMENTWISE(count, ACTIVATION_VALUE) }

#define ACTIVATION_DELTA(T, GET, PUT)      \
  const T value = GET(y), delta = GET(dy); \
  PUT(dx, ACTIVATE_DELTA(T, value, delta));
kernel void activation_delta(global const float *y, global const float *dy, global float *dx, int count)
{
  ELEMENTWISE(count, ACTIVATION_DELTA)
}
#endif
