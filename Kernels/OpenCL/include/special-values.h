// NaN and infinity.
//
// Padding is never multiplied. Kernels that multiply its zeros all the same, or whose transforms may overflow, watch
// for what is not finite, where alone that shows: 0 times it is NaN. They compute such results again as the definition
// says, in a slow loop that costs the others nothing.

#ifndef INCLUDE_SPECIAL_VALUES_H
#define INCLUDE_SPECIAL_VALUES_H

#include "include/vector.h"

#define FINITE(x) ((x) - (x) == 0.0f)

// Whether a lane is NaN, whether all are.
#define HAS_NAN(v) isnan(FOLD(v))
#define ARE_NAN(v) (FOLD((v) != (v) ? (vec)(0.0f) : (vec)(1.0f)) == 0.0f)

#endif
