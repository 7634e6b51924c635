// The kernel that transforms the input, for the programs that do not do it where they multiply.

#ifndef WINOGRAD_INPUT_H
#define WINOGRAD_INPUT_H

#include "winograd/tiles.h"

#ifndef FUSED

#ifdef GRADIENT
#define LANE_OF(own, c) (own)
#else
#define LANE_OF(own, c) (c)
#endif

// v[POSITIONS][parts of C][tiles][CB], the transforms of the tiles from `first`. One work-item a tile. For a gradient
// the last vector of C overlaps its neighbour; otherwise CB divides C or leaves at least V, and the last vector of a
// part lies early in it.
kernel void winograd_input(
    global const float *restrict x, global float *restrict v, int first, int tiles, int batch, int tileRows,
    int tileColumns, int H, int W, int top, int left)
{
  const int tile = get_global_id(0);
  if (tile >= tiles) return;
  const int3 place = tile_place(first + tile, batch, tileRows, tileColumns);
  const int i0 = place.y * INPUT_STEP - top, j0 = place.z * INPUT_STEP - left;
  global const float *image = x + (size_t)place.x * H * W * C;
  const size_t step = STEP((size_t)tiles * C_PARTS * CB);
  for (int part = 0; part < C_PARTS; part++) {
    const int begin = part * CB, end = min(begin + CB, C);
    for (int own = begin; own < end; own += V) {
      const int c = min(own, end - V);
      global const float *in = image + c;
      global float *out = v + ((size_t)part * tiles + tile) * CB + LANE_OF(own, c) - begin;
      PREFETCH_PIXELS(PREFETCH, in, H, W, i0, j0 + INPUTS, INPUTS, INPUT_STEP, C)
      TRANSFORM_INPUT_TILE(in, H, W, i0, j0, place.y == tileRows - 1, place.z == tileColumns - 1, C)
    }
  }
}

#endif

#endif
