// Updates of parameters[count] by their gradient, and of what an optimiser keeps for each of them. `scale[0]` is a
// factor of the gradient, and `scalars` holds what changes from update to update: first the step size.
//
// Constants: BLOCK, the elements of a work-item.

#ifdef PARSE_ONLY
#define BLOCK 4096
#endif

#include "include/elementwise.h"

#define SGD(T, GET, PUT)                                               \
  const T parameter = GET(parameters), given = factor * GET(gradient); \
  const T g = fma((T)(weightDecay), parameter, given);                 \
  const T v = fma((T)(momentum), GET(velocity), g);                    \
  PUT(velocity, v);                                                    \
  PUT(parameters, fma((T)(-rate), nesterov ? fma((T)(momentum), v, g) : v, parameter));
kernel void sgd(
    global const float *scalars, global const float *scale, global const float *gradient, global float *parameters,
    global float *velocity, int count, float momentum, float weightDecay, int nesterov)
{
  const float rate = scalars[0], factor = scale[0];
  ELEMENTWISE(count, SGD)
}

// `rest1` and `rest2` are 1 less the decay rates of the moments, `correction` brings the root of the second one to its
// expectation, and `kept` is what decoupled weight decay leaves of a parameter.
#define ADAM(T, GET, PUT)                                                                       \
  const T parameter = GET(parameters), given = factor * GET(gradient), left = kept * parameter; \
  const T g = fma((T)(weightDecay), parameter, given);                                          \
  const T m = GET(firstMoment), first = fma((T)(rest1), g - m, m);                              \
  const T second = fma((T)(beta2), GET(secondMoment), rest2 * g * g);                           \
  const T direction = first / fma(sqrt(second), (T)(correction), (T)(epsilon));                 \
  PUT(firstMoment, first);                                                                      \
  PUT(secondMoment, second);                                                                    \
  PUT(parameters, fma((T)(-rate), direction, left));
kernel void adam(
    global const float *scalars, global const float *scale, global const float *gradient, global float *parameters,
    global float *firstMoment, global float *secondMoment, int count, float rest1, float beta2, float rest2,
    float epsilon, float weightDecay)
{
  const float rate = scalars[0], correction = scalars[1], kept = scalars[2], factor = scale[0];
  ELEMENTWISE(count, ADAM)
}

#define RMSPROP(T, GET, PUT)                                                   \
  const T parameter = GET(parameters), given = factor * GET(gradient);         \
  const T g = fma((T)(weightDecay), parameter, given);                         \
  const T square = fma((T)(smoothing), GET(squareAverage), rest * g * g);      \
  const T v = fma((T)(momentum), GET(velocity), g / (sqrt(square) + epsilon)); \
  PUT(squareAverage, square);                                                  \
  PUT(velocity, v);                                                            \
  PUT(parameters, fma((T)(-rate), v, parameter));
kernel void rmsprop(
    global const float *scalars, global const float *scale, global const float *gradient, global float *parameters,
    global float *squareAverage, global float *velocity, int count, float smoothing, float rest, float epsilon,
    float momentum, float weightDecay)
{
  const float rate = scalars[0], factor = scale[0];
  ELEMENTWISE(count, RMSPROP)
}

#define LION(T, GET, PUT)                                                                  \
  const T g = factor * GET(gradient), left = kept * GET(parameters), m = GET(firstMoment); \
  PUT(parameters, fma((T)(-rate), sign(fma((T)(rest1), g - m, m)), left));                 \
  PUT(firstMoment, fma((T)(rest2), g - m, m));
kernel void lion(
    global const float *scalars, global const float *scale, global const float *gradient, global float *parameters,
    global float *firstMoment, int count, float rest1, float rest2)
{
  const float rate = scalars[0], kept = scalars[1], factor = scale[0];
  ELEMENTWISE(count, LION)
}

// average = x + kept * (average - x).
#define MOVING_AVERAGE(T, GET, PUT) \
  const T value = GET(x);           \
  PUT(average, fma((T)(kept), GET(average) - value, value));
kernel void moving_average(global const float *scalars, global const float *x, global float *average, int count)
{
  const float kept = scalars[0];
  ELEMENTWISE(count, MOVING_AVERAGE)
}

// Comparisons let a NaN pass.
#define CLIP_VALUE(T, GET, PUT)                           \
  const T g = factor * GET(gradient), bound = (T)(limit); \
  const T above = g > bound ? bound : g;                  \
  PUT(gradient, above < -bound ? -bound : above);
kernel void clip_value(global const float *scale, global float *gradient, int count, float limit)
{
  const float factor = scale[0];
  ELEMENTWISE(count, CLIP_VALUE)
}
