// Convolution by Winograd's algorithms, after Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks"
// (2015).
//
// An input tile d becomes v = B^T d B, a kernel g becomes u = G g G^T; their products, summed over the channels for
// each position, are m, and the results of the tile are A^T m A. The kernel gradient is the adjoint: a tile of output
// deltas becomes A dy A^T, its products with v are summed over all tiles, and dw = G^T (that) G.
//
// Constants: TAPS and STRIDE; C and K, the input and output channels; CB and KB of them are processed at a time; TB
// tiles at a time, MR x NV the register tile: tiles (or kernels) by vectors; ROW_REST, COLUMN_REST, ROW_PHASE and
// COLUMN_PHASE below.
//
// The transforms are those of one dimension. Along each axis a tile has RESULTS results of INPUTS inputs, and a kernel
// of TAPS taps becomes KERNELS values for PRODUCTS multiplications:
//
// - F(4, 3), 3 taps at unit stride: f43.h.
// - F(4, 5), 5 taps at unit stride: f45.h.
// - 3 taps at stride 2: stride2.h.
//
// The last tile of a column or a row of tiles may have fewer results, ROW_REST or COLUMN_REST; 0 where it is whole.
// Fewer results need fewer products, one each and TAPS - 1: the inputs behind those that they need may be anything, so
// they are taken such that the transform is 0 at the positions that are not KEPT, and the last position takes part in
// no result but the last.
//
// The positions of a transform lie STEP(their elements) apart: without the vector between them they would often fall
// into the same set of a cache, whose ways are fewer.
//
// C and K, the input and output channels, are at least V; where they are no multiple of V, the last vector starts
// early. All channel counts are those of the correlation that is done: for the delta, x is dy, C its channels and the
// kernels are rotated by 180 degrees.

#ifndef WINOGRAD_ALGORITHM_H
#define WINOGRAD_ALGORITHM_H

#ifdef PARSE_ONLY
#define TAPS 3
#define STRIDE 1
#define C 64
#define K 64
#define CB 32
#define KB 32
#define TB 48
#define MR 6
#define NV 2
#define ROW_REST 2
#define COLUMN_REST 0
#define ROW_PHASE 0
#define COLUMN_PHASE 0
#endif

#include "include/vector.h"

#if STRIDE == 1
#define PRODUCTS (TAPS + 3)
#define KERNELS PRODUCTS
#define INPUTS PRODUCTS
#define RESULTS 4
#define INPUT_STEP 4
#else
#define PRODUCTS 9
#define KERNELS 6
#ifdef ROTATED
#define INPUTS 5
#define RESULTS 8
#define INPUT_STEP 4
#else
#define INPUTS 9
#define RESULTS 4
#define INPUT_STEP 8
#endif
#endif

#define STEP(elements) ((elements) + V)
// The parts of C that are summed over on their own.
#define C_PARTS ((C + CB - 1) / CB)
#define POSITIONS (PRODUCTS * PRODUCTS)
// Where the kernel's value of a position is.
#define KERNEL_OF(xi) (min((xi) / PRODUCTS, KERNELS - 1) * KERNELS + min((xi) % PRODUCTS, KERNELS - 1))

// a x + y, with a constant.
#define FMA(a, x, y) fma((vec)(a), x, y)

// FREE_INPUTS: takes the inputs that `rest` results do not need. INPUT_TRANSFORM: B^T d. KERNEL_TRANSFORM: G g.
// OUTPUT_TRANSFORM: A^T m. DELTA_TRANSFORM: A d. GRADIENT_TRANSFORM: G^T p.

#if STRIDE == 1
#define KEPT(xi, rest, phase) ((xi) < (rest) + TAPS - 1)
#else
#define KEPT(xi, rest, phase) ((xi) < 5 ? (xi) <= EVENS(rest, phase) : (xi)-5 < ODDS(rest, phase))
#endif

#include "winograd/f43.h"
#include "winograd/f45.h"
#include "winograd/stride2.h"

#endif
