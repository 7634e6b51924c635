// Prefetching.

#ifndef INCLUDE_PREFETCH_H
#define INCLUDE_PREFETCH_H

// Prefetches the cache line at `p`, to read or to write it. OpenCL's own `prefetch` does nothing in PoCL, which defines
// the number of address bits.
#ifdef POCL_DEVICE_ADDRESS_BITS
#define PREFETCH(p) __builtin_prefetch(p)
#define PREFETCH_TO_WRITE(p) __builtin_prefetch(p, 1)
#else
#define PREFETCH(p) prefetch(p, 1)
#define PREFETCH_TO_WRITE(p)
#endif

#endif
