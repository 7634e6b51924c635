// Depthwise convolution in all three directions, for x[N, H, W, C] and w[C, R, S]. Kernel c sees channel c alone, so
// there is no sum over channels and little to compute per float that is read. All directions therefore stream through
// whole rows, all channels of a few neighbouring pixels at a time, and keep in registers what these pixels share.
//
// A tile is TILE neighbouring pixels of a row by V channels; the columns of the other image that take part in it are a
// few neighbouring ones. Columns are tested only in tiles that reach beyond the image. The last vector of channels
// overlaps its neighbour.
//
// Constants: TILE; S, STRIDE and DILATION, the kernel's columns, their stride and dilation.

#ifndef DEPTHWISE_TILE_H
#define DEPTHWISE_TILE_H

#ifdef PARSE_ONLY
#define TILE 4
#define S 3
#define STRIDE 1
#define DILATION 1
#endif

#include "include/vector.h"

// Whether a tile loads each column once for all taps, which are unrolled.
#define UNROLLS(columns) (S <= 7 && (columns) <= 40)

// The first row of a window that starts at row i and lies in the image of H rows, and the end of such rows.
inline static int window_begin(int i, int dilation) { return i >= 0 ? 0 : (dilation - 1 - i) / dilation; }
inline static int window_end(int i, int dilation, int H, int R)
{
  return i < H ? min(R, (H - 1 - i) / dilation + 1) : 0;
}

// The columns of x that a tile of y reads.
#define X_COLUMNS ((TILE - 1) * STRIDE + (S - 1) * DILATION + 1)

#endif
