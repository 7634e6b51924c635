// Convolution for GPUs: the tile of a matrix product whose factors are gathered from images while they are
// multiplied (implicit GEMM).
//
// A work-group computes a tile of TM x TN results. It walks the terms of their sums TK at a time: its ITEMS work-items
// copy TK x TM and TK x TN factors to local memory, and each multiplies its WM x WN part of the tile from there. While
// one step is multiplied the factors of the next are loaded into registers.
//
// With PARTS, for long sums, `partSteps` steps at a time have accumulators of their own, whose totals are then added,
// because one chain of additions would round too much. That takes twice the registers.
//
// SUB_GROUP, where it is defined, is the size of sub-groups that Intel's compiler must take: the smallest, which leaves
// a work-item the most registers.
//
// The factors that a work-item copies at a time are VX neighbouring channels of an image, VW neighbouring floats of the
// kernels, and it stores VY neighbouring results: 4 where the channels are multiples of 4, so that all is aligned,
// else 1.

#ifndef CONVOLUTION_IMPLICIT_GEMM_H
#define CONVOLUTION_IMPLICIT_GEMM_H

#ifdef PARSE_ONLY
#define TM 64
#define TN 64
#define TK 16
#define WM 4
#define WN 4
#define VX 4
#define VW 4
#define VY 4
#endif

#include "include/epilogue.h"
#include "include/sums.h"
#include "include/vector.h"

#ifdef SUB_GROUP
#define SUB_GROUP_SIZE __attribute__((intel_reqd_sub_group_size(SUB_GROUP)))
#else
#define SUB_GROUP_SIZE
#endif

#define TX (TN / WN)
#define TY (TM / WM)
#define ITEMS (TX * TY)
#if TM * TK < 4 * ITEMS || TN * TK < 4 * ITEMS
#error each work-item must have a vector of both factors to copy
#endif
// A row of a tile in local memory is longer by one vector, so that rows begin in different banks.
#define ROW_M (TM + 4)
#define ROW_N (TN + 4)

#define FETCH1(to, from) (to)[0] = *(from);
#define FETCH4(to, from)                                   \
  {                                                        \
    const float4 values_ = *(global const float4 *)(from); \
    (to)[0] = values_.x;                                   \
    (to)[1] = values_.y;                                   \
    (to)[2] = values_.z;                                   \
    (to)[3] = values_.w;                                   \
  }
#define FETCH(width, to, from) JOIN(FETCH, width)(to, from)
#define ZERO(to, width) \
  UNROLLED_FOR(e_, width) (to)[e_] = 0.0f;

// A number in a mixed radix: kernel row, kernel column and channel, or image, row and column.
typedef struct {
  int high, middle, low;
} Digits;

static Digits digits(int number, int middles, int lows)
{
  Digits d;
  d.low = number % lows;
  d.middle = number / lows % middles;
  d.high = number / lows / middles;
  return d;
}

static Digits advance(Digits d, int step, int middles, int lows)
{
  d.low += step;
  while (d.low >= lows) {
    d.low -= lows;
    if (++d.middle == middles) {
      d.middle = 0;
      d.high++;
    }
  }
  return d;
}

// Adds the products of TK terms to a work-item's sums: the rows 4 * (i * TY + ty) + 0...3 by the columns
// 4 * (j * TX + tx) + 0...3 of the tile.
static void multiply(
    local const float *restrict a, local const float *restrict b, int ty, int tx, float4 sum[WM][WN / 4])
{
  UNROLLED_FOR(k, TK) {
    float4 right[WN / 4];
    UNROLLED_FOR(j, WN / 4) right[j] = *(local const float4 *)(b + k * ROW_N + 4 * (j * TX + tx));
    UNROLLED_FOR(i, WM / 4) {
      const float4 left = *(local const float4 *)(a + k * ROW_M + 4 * (i * TY + ty));
      UNROLLED_FOR(j, WN / 4) {
        sum[4 * i][j] = fma((float4)(left.x), right[j], sum[4 * i][j]);
        sum[4 * i + 1][j] = fma((float4)(left.y), right[j], sum[4 * i + 1][j]);
        sum[4 * i + 2][j] = fma((float4)(left.z), right[j], sum[4 * i + 2][j]);
        sum[4 * i + 3][j] = fma((float4)(left.w), right[j], sum[4 * i + 3][j]);
      }
    }
  }
}

// Whether one of four results is not finite, perhaps because it has met padding, which is never multiplied.
#define IS_SUSPECT(values) (isPadded && isnan(fold4((values)*0.0f)))

// Store those of four neighbouring results that are among the `count` that remain; `put4` where these are multiples
// of 4.
static void put1(float4 values, global float *to, int count)
{
  if (count > 0) to[0] = values.x;
  if (count > 1) to[1] = values.y;
  if (count > 2) to[2] = values.z;
  if (count > 3) to[3] = values.w;
}

static void put4(float4 values, global float *to, int count)
{
  if (count > 0) *(global float4 *)to = values;
}

#if EPILOGUE == 2
// What lies where `put1` or `put4` store; 0 elsewhere.
static float4 get1(global const float *from, int count)
{
  const float4 values = {
      count > 0 ? from[0] : 0.0f, count > 1 ? from[1] : 0.0f, count > 2 ? from[2] : 0.0f, count > 3 ? from[3] : 0.0f};
  return values;
}

static float4 get4(global const float *from, int count)
{
  return count > 0 ? *(global const float4 *)from : (float4)(0.0f);
}
#endif

#endif
