// Activation functions and their deltas, chosen by ACTIVATION.

#ifndef INCLUDE_ACTIVATION_H
#define INCLUDE_ACTIVATION_H

// Activation functions, for vectors and scalars alike: T is the type, the arguments are variables. The delta of each is
// a function of y = f(x). SLOPE has the bits of a float.
#if ACTIVATION == 1  // relu
#define ACTIVATE(T, x) ((x) < (T)(0.0f) ? (T)(0.0f) : (x))
#define ACTIVATE_DELTA(T, y, dy) ((y) <= (T)(0.0f) ? (T)(0.0f) : (dy))
#elif ACTIVATION == 2  // relu6
#define ACTIVATE(T, x) ((x) < (T)(0.0f) ? (T)(0.0f) : (x) > (T)(6.0f) ? (T)(6.0f) : (x))
#define ACTIVATE_DELTA(T, y, dy) ((y) > (T)(0.0f) ? (y) < (T)(6.0f) ? (dy) : (T)(0.0f) : (T)(0.0f))
#elif ACTIVATION == 3  // leaky-relu
#define ACTIVATE(T, x) ((x) < (T)(0.0f) ? as_float(SLOPE) * (x) : (x))
#define ACTIVATE_DELTA(T, y, dy) ((y) > (T)(0.0f) ? (dy) : as_float(SLOPE) * (dy))
#elif ACTIVATION == 4  // sigmoid
#define ACTIVATE(T, x) (1.0f / (1.0f + exp(-(x))))
#define ACTIVATE_DELTA(T, y, dy) ((dy) * ((y) * (1.0f - (y))))
#elif ACTIVATION == 5  // tanh
#define ACTIVATE(T, x) tanh(x)
#define ACTIVATE_DELTA(T, y, dy) ((dy) * (1.0f - (y) * (y)))
#endif

#endif
