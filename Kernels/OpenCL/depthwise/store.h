// How the forward pass and the delta store a tile: each vector with its epilogue.

#ifndef DEPTHWISE_STORE_H
#define DEPTHWISE_STORE_H

#include "include/epilogue.h"

// Stores `value`, the vector that begins with channel c, to p in the result, but only the channels from `own` on.
#define STORE_OWN(value, p, result, c, own)                                              \
  {                                                                                      \
    if (c == own) {                                                                      \
      STORE_RESULT(value, p, result)                                                     \
    } else {                                                                             \
      float values[V];                                                                   \
      STORE(value, values);                                                              \
      for (int l = own - c; l < V; l++) STORE_RESULT_ELEMENT(values[l], (p) + l, result) \
    }                                                                                    \
  }

#endif
