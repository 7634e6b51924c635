// Element-wise operations: addition, scaling, filling, copying, activations, and the step of gradient descent. A result
// may be stored over an operand: each element is read before it is written.
//
// A work-item processes BLOCK neighbouring elements, V at a time and the rest one by one. A statement serves vectors
// and scalars alike: T is the type, GET(p) an operand's element.
//
// Constants: BLOCK; ACTIVATION and SLOPE; EPILOGUE.

#ifdef PARSE_ONLY
#define BLOCK 4096
#define ACTIVATION 1
#endif

#include "include/epilogue.h"
#include "include/vector.h"

#define ELEMENTWISE(COUNT, STATEMENT)                       \
  const int begin = get_global_id(0) * BLOCK;               \
  const int end = min(begin + BLOCK, (int)(COUNT));         \
  int at = begin;                                           \
  for (; at <= end - V; at += V) { VECTOR_STEP(STATEMENT) } \
  for (; at < end; at++) { SCALAR_STEP(STATEMENT) }

#define VECTOR_STEP(STATEMENT) STATEMENT(vec, VECTOR_GET, VECTOR_PUT)
#define VECTOR_GET(p) LOAD((p) + at)
#define VECTOR_PUT(p, value) STORE(value, (p) + at)
#define SCALAR_STEP(STATEMENT) STATEMENT(float, SCALAR_GET, SCALAR_PUT)
#define SCALAR_GET(p) (p)[at]
#define SCALAR_PUT(p, value) (p)[at] = (value)

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

#define SGD(T, GET, PUT)                                       \
  const T parameter = GET(parameters);                         \
  const T g = fma((T)(weightDecay), parameter, GET(gradient)); \
  const T v = fma((T)(momentum), GET(velocity), g);            \
  PUT(velocity, v);                                            \
  PUT(parameters, fma((T)(-rate), nesterov ? fma((T)(momentum), v, g) : v, parameter));
kernel void sgd(
    global const float *learningRate, global const float *gradient, global float *parameters, global float *velocity,
    int count, float momentum, float weightDecay, int nesterov)
{
  const float rate = learningRate[0];
  ELEMENTWISE(count, SGD)
}
