// Prelude of every program.
//
// V is the vector width: 1, 2, 4, 8 or 16. Channels are innermost, so a vector is V neighbouring channels. Where the
// channels are no multiple of V the last vector starts early and overlaps its neighbour; V is at most their number.

#ifndef V
#define V 1
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
#define LOAD(p) JOIN(vload, V)(0, p)
#define STORE(v, p) JOIN(vstore, V)(v, 0, p)
#endif

// Asks for the cache line at `p`. OpenCL's own `prefetch` does nothing in PoCL, which defines the number of address bits.
#ifdef POCL_DEVICE_ADDRESS_BITS
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define PREFETCH(p) prefetch(p, 1)
#endif
