// Prelude of every program.
//
// V is the vector width: 1, 2, 4, 8 or 16. Channels are innermost, so a vector is V neighbouring channels. Where the
// channels are no multiple of V the last vector starts early and overlaps its neighbour; V is at most their number.

#ifndef V
#define V 1
#endif

#ifdef __clang__
// Vectors wider than the processor's registers are passed by memory, which no other object file has to agree with: all
// functions are inlined or static. PoCL would print the number of these warnings.
#pragma clang diagnostic ignored "-Wpsabi"
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if V == 1
typedef float vec;
typedef int ivec;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef JOIN(float, V) vec;
typedef JOIN(int, V) ivec;
#ifdef POCL_DEVICE_ADDRESS_BITS
// PoCL's own stores write 16 lanes in three parts.
#define ACCESS(space, scalar, vector)                                                    \
  __attribute__((overloadable, always_inline)) vector load(const space scalar *p)        \
  {                                                                                      \
    typedef vector unaligned __attribute__((aligned(4)));                                \
    return *(const space unaligned *)p;                                                  \
  }                                                                                      \
  __attribute__((overloadable, always_inline)) void store(vector value, space scalar *p) \
  {                                                                                      \
    typedef vector unaligned __attribute__((aligned(4)));                                \
    *(space unaligned *)p = value;                                                       \
  }
#define ACCESS_ANYWHERE(scalar)           \
  ACCESS(global, scalar, JOIN(scalar, V)) \
  ACCESS(local, scalar, JOIN(scalar, V))  \
  ACCESS(private, scalar, JOIN(scalar, V))
ACCESS_ANYWHERE(float)
ACCESS_ANYWHERE(int)
ACCESS_ANYWHERE(uint)
#define LOAD(p) load(p)
#define STORE(v, p) store(v, p)
#else
#define LOAD(p) JOIN(vload, V)(0, p)
#define STORE(v, p) JOIN(vstore, V)(v, 0, p)
#endif
#endif

// Transposes the V rows of `block`. Each round puts the halves of two rows between each other; after log2(V) rounds rows are
// columns.
#if V == 1
#define TRANSPOSE(block)
#else
#define TRANSPOSE(block)                                               \
  _Pragma("unroll") for (int round = 1; round < V; round *= 2) {       \
    vec other[V];                                                      \
    _Pragma("unroll") for (int l = 0; l < V / 2; l++) {                \
      other[2 * l].even = block[l].lo;                                 \
      other[2 * l].odd = block[l + V / 2].lo;                          \
      other[2 * l + 1].even = block[l].hi;                             \
      other[2 * l + 1].odd = block[l + V / 2].hi;                      \
    }                                                                  \
    _Pragma("unroll") for (int l = 0; l < V; l++) block[l] = other[l]; \
  }
#endif

// The sum of a vector's lanes, pair by pair.
inline static float fold1(float v) { return v; }
inline static float fold2(float2 v) { return v.lo + v.hi; }
inline static float fold4(float4 v) { return fold2(v.lo + v.hi); }
inline static float fold8(float8 v) { return fold4(v.lo + v.hi); }
inline static float fold16(float16 v) { return fold8(v.lo + v.hi); }
#define FOLD(v) JOIN(fold, V)(v)

// Padding is never multiplied. Kernels that multiply its zeros all the same, or whose transforms may overflow, watch for what
// is not finite, where alone that shows: 0 times it is NaN. They compute such results again as the definition says, in a slow
// loop that costs the others nothing. Here: whether a lane is NaN, whether all are.
#define HAS_NAN(v) isnan(FOLD(v))
#define ARE_NAN(v) (FOLD((v) != (v) ? (vec)(0.0f) : (vec)(1.0f)) == 0.0f)

// Adds a term to a sum whose rounding errors are summed on their own: Ogita, Rump and Oishi, "Accurate Sum and Dot Product"
// (2005).
#define ADD_EXACTLY(T, sum, error, term)                           \
  {                                                                \
    const T term_ = term, sum_ = sum + term_, added_ = sum_ - sum; \
    error += (sum - (sum_ - added_)) + (term_ - added_);           \
    sum = sum_;                                                    \
  }
// The sum and its error, which is NaN where the sum is not finite.
#define EXACT_SUM(sum, error) ((error) != (error) ? (sum) : (sum) + (error))

// sum = the sum of `value`, an expression of `index`, over `count` indices: `part` of them are added up at a time, and then the sums
// of the parts, because rounding errors grow with the length of a chain of additions.
#define SUM_BY_PARTS(T, sum, index, count, part, value)                                                   \
  T sum = (T)(0.0f);                                                                                      \
  for (int begin_ = 0; begin_ < (count); begin_ += (part)) {                                              \
    T part_ = (T)(0.0f);                                                                                  \
    for (int index = begin_, end_ = min(begin_ + (part), (count)); index < end_; index++) part_ += value; \
    sum += part_;                                                                                         \
  }

// The partial sums of a last stage that are added up at a time.
#define LAST_STAGE_PART 32

// Asks for the cache line at `p`, to read or to write it. OpenCL's own `prefetch` does nothing in PoCL, which defines the
// number of address bits.
#ifdef POCL_DEVICE_ADDRESS_BITS
#define PREFETCH(p) __builtin_prefetch(p)
#define PREFETCH_TO_WRITE(p) __builtin_prefetch(p, 1)
#else
#define PREFETCH(p) prefetch(p, 1)
#define PREFETCH_TO_WRITE(p)
#endif

// Activation functions, for vectors and scalars alike: T is the type, the arguments are variables. The delta of each is a
// function of y = f(x). SLOPE has the bits of a float.
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

// The epilogue of an operation: its kernels finish each element of their result when they store it, so that an activation
// (EPILOGUE 1) or its delta (2) takes no pass over memory of its own. `activated` has the result's shape.
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

#define FINITE(x) ((x) - (x) == 0.0f)

// What the deviations of values are taken from: the median of three of them, or 0 where that is infinite and would make NaN of all.
#define LESSER(a, b) ((a) < (b) ? (a) : (b))
#define GREATER(a, b) ((a) > (b) ? (a) : (b))
#define MEDIAN(a, b, c) GREATER(LESSER(a, b), LESSER(GREATER(a, b), c))
#define ORIGIN(T, a, b, c) (FINITE(MEDIAN(a, b, c)) ? MEDIAN(a, b, c) : (T)(0.0f))

// Merges the mean and the sum of squared deviations of a set of values with those of another by the formula of Chan, Golub and
// LeVeque, which does not cancel. `share` is the other's part of all values, `weight` that times the number of the first.
//
// Both are pairs of floats, the second of which has what rounding took from the first: where a mean is a million times the deviation
// it has but three digits of that, and many equal parts would all be rounded the same way. Two infinite means have no difference.
#define MERGE_MOMENTS(T, mean, low, square, squareLow, otherMean, otherLow, otherSquare, share, weight)  \
  {                                                                                                      \
    const T difference_ = ((otherMean) - mean) + ((otherLow) - low);                                     \
    const T mean_ = FINITE(difference_) ? fma((T)(share), difference_, mean)                             \
                                        : fma((T)(share), (T)(otherMean), (T)(1.0f - (share)) * mean);   \
    low = FINITE(difference_) ? low + fma((T)(share), difference_, mean - mean_) : (T)(0.0f);            \
    mean = mean_;                                                                                        \
    const T term_ = fma(difference_ * difference_, (T)(weight), (T)(otherSquare)) + squareLow;           \
    const T square_ = square + term_;                                                                    \
    squareLow = FINITE(square_) ? term_ - (square_ - square) : (T)(0.0f);                                \
    square = square_;                                                                                    \
  }

// A normalised value is (x - mean) * scale + offset: the offset is the bias, less what the mean's low-order part makes.
#define NORMALIZED_OFFSET(meanLow, scale, bias) fma(-(meanLow), scale, bias)

// The delta of a normalised value from dy and x - mean. Where an activation follows dy is the delta of what it made, which is
// computed again, with the bits that `batch_normalization` gave it.
#ifdef ACTIVATION
#define NORMALIZED_DELTA(T, delta, dy, centered, scale, offset) \
  const T normalized = fma(centered, scale, offset);            \
  const T output = ACTIVATE(T, normalized);                     \
  const T outputDelta = dy;                                     \
  const T delta = ACTIVATE_DELTA(T, output, outputDelta);
#else
#define NORMALIZED_DELTA(T, delta, dy, centered, scale, offset) const T delta = dy;
#endif
