// The epilogue of an operation: its kernels finish each element of their result when they store it, so that an
// activation (EPILOGUE 1) or its delta (2) takes no pass over memory of its own.

#ifndef INCLUDE_EPILOGUE_H
#define INCLUDE_EPILOGUE_H

#include "include/activation.h"
#include "include/vector.h"

// `activated` has the result's shape.
#if EPILOGUE == 1
#define EPILOGUE_PARAMETERS
#define EPILOGUE_ARGUMENTS
#define FINISH(T, value, activatedValue) ACTIVATE(T, value)
#elif EPILOGUE == 2
#define EPILOGUE_PARAMETERS , global const float *activated
#define EPILOGUE_ARGUMENTS , activated
#define FINISH(T, value, activatedValue) ACTIVATE_DELTA(T, activatedValue, value)
#else
#define EPILOGUE_PARAMETERS
#define EPILOGUE_ARGUMENTS
#define FINISH(T, value, activatedValue) (value)
#endif

// Stores V elements, or one, of the result that begins at `result`.
#define STORE_RESULT(value, p, result)                                 \
  {                                                                    \
    const vec value_ = (value);                                        \
    STORE(FINISH(vec, value_, LOAD(activated + ((p) - (result)))), p); \
  }
#define STORE_RESULT_ELEMENT(value, p, result)               \
  {                                                          \
    const float value_ = (value);                            \
    *(p) = FINISH(float, value_, activated[(p) - (result)]); \
  }

#endif
