// What OpenCL C lacks: joined names, and loops that are unrolled or kept.

#ifndef INCLUDE_LANGUAGE_H
#define INCLUDE_LANGUAGE_H

#ifdef __clang__
// Vectors wider than the processor's registers are passed by memory, which no other object file has to agree with: all
// functions are inlined or static. PoCL would print the number of these warnings.
#pragma clang diagnostic ignored "-Wpsabi"
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define UNROLL _Pragma("unroll")
// A loop over 0 ..< count that is unrolled, and one that is not: unrolled it would take seconds to compile and as long
// to run.
#define UNROLLED_FOR(index, count) _Pragma("unroll") for (int index = 0; index < (count); index++)
#define ROLLED_FOR(index, count) _Pragma("nounroll") for (int index = 0; index < (count); index++)

#endif
