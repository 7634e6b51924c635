// Sums of many terms.

#ifndef INCLUDE_SUMS_H
#define INCLUDE_SUMS_H

#include "include/language.h"

// Adds a term to a sum whose rounding errors are summed on their own: Ogita, Rump and Oishi, "Accurate Sum and Dot
// Product" (2005).
#define ADD_EXACTLY(T, sum, error, term)                           \
  {                                                                \
    const T term_ = term, sum_ = sum + term_, added_ = sum_ - sum; \
    error += (sum - (sum_ - added_)) + (term_ - added_);           \
    sum = sum_;                                                    \
  }
// The sum and its error, which is NaN where the sum is not finite.
#define EXACT_SUM(sum, error) ((error) != (error) ? (sum) : (sum) + (error))

// Rounding errors grow with the length of a chain of additions, so long sums are divided into parts, whose sums are
// added up.

// sum = the result of `count` steps, of which `part` at a time begin at 0: `step` is an expression of `chain`, the sum
// so far, and `index`.
#define CHAIN_BY_PARTS(T, sum, chain, index, count, part, step)                                           \
  T sum = (T)(0.0f);                                                                                      \
  for (int begin_ = 0; begin_ < (count); begin_ += (part)) {                                              \
    T chain = (T)(0.0f);                                                                                  \
    for (int index = begin_, end_ = min(begin_ + (part), (count)); index < end_; index++) chain = (step); \
    sum += chain;                                                                                         \
  }
// sum = the sum of `value`, an expression of `index`, over `count` indices.
#define SUM_BY_PARTS(T, sum, index, count, part, value) \
  CHAIN_BY_PARTS(T, sum, chain_, index, count, part, chain_ + (value))

// The same for loops of other forms, only where a program has PARTS: `totals` has the sums of all parts but the last
// for `count` accumulators at `sums`. END_PART ends a part after `length` calls, of which `left` remain; END_PARTS ends
// the sum.
#ifdef PARTS
#define BEGIN_PARTS(T, totals, count, left, length) \
  T totals[count];                                  \
  int left = (length);                              \
  UNROLLED_FOR(e_, count) totals[e_] = (T)(0.0f);
#define END_PART(T, sums, totals, count, left, length) \
  if (--left == 0) {                                   \
    UNROLLED_FOR(e_, count) {                          \
      totals[e_] += (sums)[e_];                        \
      (sums)[e_] = (T)(0.0f);                          \
    }                                                  \
    left = (length);                                   \
  }
#define END_PARTS(sums, totals, count) \
  UNROLLED_FOR(e_, count) (sums)[e_] += totals[e_];
// A loop over the parts begin ..< end of from ..< to.
#define FOR_PARTS(begin, end, from, to, part) \
  for (int begin = (from), end; end = min(begin + (part), (to)), begin < (to); begin = end)
#else
#define BEGIN_PARTS(T, totals, count, left, length)
#define END_PART(T, sums, totals, count, left, length)
#define END_PARTS(sums, totals, count)
#define FOR_PARTS(begin, end, from, to, part) const int begin = (from), end = (to);
#endif

// The partial sums of a last stage that are added up at a time.
#define LAST_STAGE_PART 32

#endif
