// Vectors of V floats, their loads and stores.
//
// V is the vector width: 1, 2, 4, 8 or 16. Channels are innermost, so a vector is V neighbouring channels. Where the
// channels are no multiple of V the last vector overlaps its neighbour (an overlapping tail); V is at most their
// number.

#ifndef INCLUDE_VECTOR_H
#define INCLUDE_VECTOR_H

#include "include/language.h"

#ifndef V
#define V 1
#endif

#if V == 1
typedef float vec;
typedef int ivec;
typedef uint uvec;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef JOIN(float, V) vec;
typedef JOIN(int, V) ivec;
typedef JOIN(uint, V) uvec;
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

// Transposes the V rows of `block`. Each round puts the halves of two rows between each other; after log2(V) rounds
// rows are columns.
#if V == 1
#define TRANSPOSE(block)
#else
#define TRANSPOSE(block)                            \
  UNROLL for (int round = 1; round < V; round *= 2) \
  {                                                 \
    vec other[V];                                   \
    UNROLLED_FOR(l, V / 2) {                        \
      other[2 * l].even = block[l].lo;              \
      other[2 * l].odd = block[l + V / 2].lo;       \
      other[2 * l + 1].even = block[l].hi;          \
      other[2 * l + 1].odd = block[l + V / 2].hi;   \
    }                                               \
    UNROLLED_FOR(l, V) block[l] = other[l];         \
  }
#endif

// The sum of a vector's lanes, pair by pair.
inline static float fold1(float v) { return v; }
inline static float fold2(float2 v) { return v.lo + v.hi; }
inline static float fold4(float4 v) { return fold2(v.lo + v.hi); }
inline static float fold8(float8 v) { return fold4(v.lo + v.hi); }
inline static float fold16(float16 v)
{
  // Oclgrind takes a part of v.hi for uninitialised.
  return fold8(v.lo + (float8)(v.s8, v.s9, v.sa, v.sb, v.sc, v.sd, v.se, v.sf));
}
#define FOLD(v) JOIN(fold, V)(v)

#endif
