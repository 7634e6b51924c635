// Sums of many terms.

#ifndef INCLUDE_SUMS_H
#define INCLUDE_SUMS_H

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

// sum = the sum of `value`, an expression of `index`, over `count` indices: `part` of them are added up at a time, and
// then the sums of the parts, because rounding errors grow with the length of a chain of additions.
#define SUM_BY_PARTS(T, sum, index, count, part, value)                                                   \
  T sum = (T)(0.0f);                                                                                      \
  for (int begin_ = 0; begin_ < (count); begin_ += (part)) {                                              \
    T part_ = (T)(0.0f);                                                                                  \
    for (int index = begin_, end_ = min(begin_ + (part), (count)); index < end_; index++) part_ += value; \
    sum += part_;                                                                                         \
  }

// The partial sums of a last stage that are added up at a time.
#define LAST_STAGE_PART 32

#endif
