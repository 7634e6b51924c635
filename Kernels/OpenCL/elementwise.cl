// Operations whose every element stands alone. A work-item does BLOCK neighbouring elements, V at a time and the rest one
// by one: the statement must hold for vectors and scalars alike. T is the type of the moment, AT(p) the operand's element.

#define ELEMENTWISE(COUNT, STATEMENT)                          \
  const int begin = get_global_id(0) * BLOCK;                  \
  const int end = min(begin + BLOCK, (int)(COUNT));            \
  int at = begin;                                              \
  for (; at <= end - V; at += V) { VECTOR_STEP(STATEMENT) }    \
  for (; at < end; at++) { SCALAR_STEP(STATEMENT) }

#define VECTOR_STEP(STATEMENT) STATEMENT(vec, VECTOR_GET, VECTOR_PUT)
#define VECTOR_GET(p) LOAD((p) + at)
#define VECTOR_PUT(p, value) STORE(value, (p) + at)
#define SCALAR_STEP(STATEMENT) STATEMENT(float, SCALAR_GET, SCALAR_PUT)
#define SCALAR_GET(p) (p)[at]
#define SCALAR_PUT(p, value) (p)[at] = (value)

#define ADD(T, GET, PUT) PUT(y, GET(a) + GET(b));
kernel void add(global const float *a, global const float *b, global float *y, int count)
{
  ELEMENTWISE(count, ADD)
}

#define SCALE(T, GET, PUT) PUT(y, factor * GET(x));
kernel void scale(global const float *x, global float *y, int count, float factor)
{
  ELEMENTWISE(count, SCALE)
}

#define FILL(T, GET, PUT) PUT(y, (T)(value));
kernel void fill(global float *y, int count, float value)
{
  ELEMENTWISE(count, FILL)
}

#define COPY(T, GET, PUT) PUT(y, GET(x));
kernel void copy(global const float *x, global float *y, int count)
{
  ELEMENTWISE(count, COPY)
}

#define RELU(T, GET, PUT) \
  const T value = GET(x); \
  PUT(y, value < (T)(0.0f) ? (T)(0.0f) : value);
kernel void relu(global const float *x, global float *y, int count, float slope)
{
  ELEMENTWISE(count, RELU)
}

#define RELU_DELTA(T, GET, PUT) PUT(dx, GET(x) <= (T)(0.0f) ? (T)(0.0f) : GET(dy));
kernel void relu_delta(global const float *x, global const float *dy, global float *dx, int count, float slope)
{
  ELEMENTWISE(count, RELU_DELTA)
}

#define RELU6(T, GET, PUT)                                  \
  const T value = GET(x);                                   \
  const T rectified = value < (T)(0.0f) ? (T)(0.0f) : value; \
  PUT(y, rectified > (T)(6.0f) ? (T)(6.0f) : rectified);
kernel void relu6(global const float *x, global float *y, int count, float slope)
{
  ELEMENTWISE(count, RELU6)
}

#define RELU6_DELTA(T, GET, PUT)                              \
  const T value = GET(x);                                     \
  const T delta = value <= (T)(0.0f) ? (T)(0.0f) : GET(dy);   \
  PUT(dx, value >= (T)(6.0f) ? (T)(0.0f) : delta);
kernel void relu6_delta(global const float *x, global const float *dy, global float *dx, int count, float slope)
{
  ELEMENTWISE(count, RELU6_DELTA)
}

#define LEAKY_RELU(T, GET, PUT) \
  const T value = GET(x);       \
  PUT(y, value < (T)(0.0f) ? slope * value : value);
kernel void leaky_relu(global const float *x, global float *y, int count, float slope)
{
  ELEMENTWISE(count, LEAKY_RELU)
}

#define LEAKY_RELU_DELTA(T, GET, PUT) \
  const T delta = GET(dy);            \
  PUT(dx, GET(x) <= (T)(0.0f) ? slope * delta : delta);
kernel void leaky_relu_delta(global const float *x, global const float *dy, global float *dx, int count, float slope)
{
  ELEMENTWISE(count, LEAKY_RELU_DELTA)
}

#define SIGMOID(T, GET, PUT) PUT(y, 1.0f / (1.0f + exp(-GET(x))));
kernel void sigmoid(global const float *x, global float *y, int count, float slope)
{
  ELEMENTWISE(count, SIGMOID)
}

#define SIGMOID_DELTA(T, GET, PUT)                     \
  const T value = 1.0f / (1.0f + exp(-GET(x)));        \
  PUT(dx, GET(dy) * (value * (1.0f - value)));
kernel void sigmoid_delta(global const float *x, global const float *dy, global float *dx, int count, float slope)
{
  ELEMENTWISE(count, SIGMOID_DELTA)
}

#define TANH(T, GET, PUT) PUT(y, tanh(GET(x)));
kernel void hyperbolic_tangent(global const float *x, global float *y, int count, float slope)
{
  ELEMENTWISE(count, TANH)
}

#define TANH_DELTA(T, GET, PUT)  \
  const T value = tanh(GET(x));  \
  PUT(dx, GET(dy) * (1.0f - value * value));
kernel void hyperbolic_tangent_delta(
    global const float *x, global const float *dy, global float *dx, int count, float slope)
{
  ELEMENTWISE(count, TANH_DELTA)
}

#define SGD(T, GET, PUT)                                                                     \
  const T parameter = GET(parameters);                                                       \
  const T g = fma((T)(weightDecay), parameter, GET(gradient));                               \
  const T v = fma((T)(momentum), GET(velocity), g);                                          \
  PUT(velocity, v);                                                                          \
  PUT(parameters, fma((T)(-rate), nesterov ? fma((T)(momentum), v, g) : v, parameter));
kernel void sgd(
    global const float *learningRate, global const float *gradient, global float *parameters, global float *velocity,
    int count, float momentum, float weightDecay, int nesterov)
{
  const float rate = learningRate[0];
  ELEMENTWISE(count, SGD)
}
