// Means and squared deviations, and what batch normalisation makes of them.

#ifndef NORMALIZATION_MOMENTS_H
#define NORMALIZATION_MOMENTS_H

#include "include/activation.h"
#include "include/special-values.h"

// What the deviations of values are taken from: the median of three of them, or 0 where that is infinite and would make
// NaN of all.
#define LESSER(a, b) ((a) < (b) ? (a) : (b))
#define GREATER(a, b) ((a) > (b) ? (a) : (b))
#define MEDIAN(a, b, c) GREATER(LESSER(a, b), LESSER(GREATER(a, b), c))
#define ORIGIN(T, a, b, c) (FINITE(MEDIAN(a, b, c)) ? MEDIAN(a, b, c) : (T)(0.0f))

// Merges the mean and the sum of squared deviations of a set of values with those of another by the formula of Chan,
// Golub and LeVeque, which does not cancel. `share` is the other's part of all values, `weight` that times the number
// of the first.
//
// Both are pairs of floats, the second of which has what rounding took from the first: where a mean is a million times
// the deviation it has but three digits of that, and many equal parts would all be rounded the same way. Two infinite
// means have no difference.
#define MERGE_MOMENTS(T, mean, low, square, squareLow, otherMean, otherLow, otherSquare, share, weight) \
  {                                                                                                     \
    const T difference_ = ((otherMean)-mean) + ((otherLow)-low);                                        \
    const T mean_ = FINITE(difference_) ? fma((T)(share), difference_, mean)                            \
                                        : fma((T)(share), (T)(otherMean), (T)(1.0f - (share)) * mean);  \
    low = FINITE(difference_) ? low + fma((T)(share), difference_, mean - mean_) : (T)(0.0f);           \
    mean = mean_;                                                                                       \
    const T term_ = fma(difference_ * difference_, (T)(weight), (T)(otherSquare)) + squareLow;          \
    const T square_ = square + term_;                                                                   \
    squareLow = FINITE(square_) ? term_ - (square_ - square) : (T)(0.0f);                               \
    square = square_;                                                                                   \
  }

// A normalised value is (x - mean) * scale + offset: the offset is the bias, less what the mean's low-order part makes.
#define NORMALIZED_OFFSET(meanLow, scale, bias) fma(-(meanLow), scale, bias)

// The delta of a normalised value from dy and x - mean. Where an activation follows dy is the delta of what it made,
// which is computed again, with the bits that `batch_normalization` gave it.
#ifdef ACTIVATION
#define NORMALIZED_DELTA(T, delta, dy, centered, scale, offset) \
  const T normalized = fma(centered, scale, offset);            \
  const T output = ACTIVATE(T, normalized);                     \
  const T outputDelta = dy;                                     \
  const T delta = ACTIVATE_DELTA(T, output, outputDelta);
#else
#define NORMALIZED_DELTA(T, delta, dy, centered, scale, offset) const T delta = dy;
#endif

#endif
