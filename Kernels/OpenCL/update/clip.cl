// The factor that brings a gradient's Euclidean norm to at most a maximum, in two stages: sums of squares of ranges,
// then their sum and the factor.

#include "include/sums.h"
#include "include/vector.h"

// squares[splits]: the sums of gradient^2 for ranges of elements. One work-item a range, `part` elements at a time.
kernel void gradient_squares(
    global const float *restrict gradient, global float *restrict squares, int count, int splits, int part)
{
  const int split = get_global_id(0);
  if (split >= splits) return;
  const int begin = (long)count * split / splits, end = (long)count * (split + 1) / splits;
  float total = 0.0f;
  for (int first = begin; first < end; first += part) {
    const int last = min(first + part, end);
    vec sum = (vec)(0.0f);
    float rest = 0.0f;
    int i = first;
    for (; i <= last - V; i += V) {
      const vec g = LOAD(gradient + i);
      sum = fma(g, g, sum);
    }
    for (; i < last; i++) rest = fma(gradient[i], gradient[i], rest);
    total += FOLD(sum) + rest;
  }
  squares[split] = total;
}

// clipped[0] = scale * min(1, maximum / (norm + 1e-6)) with the norm of scale * gradient, as PyTorch's clip_grad_norm_
// has it; a NaN stays. One work-item.
kernel void clip_norm(
    global const float *restrict squares, global const float *restrict scale, global float *restrict clipped,
    int splits, float maximum)
{
  if (get_global_id(0) > 0) return;
  SUM_BY_PARTS(float, sum, split, splits, LAST_STAGE_PART, squares[split])
  const float share = maximum / (fabs(scale[0]) * sqrt(sum) + 1e-6f);
  clipped[0] = scale[0] * (share > 1.0f ? 1.0f : share);
}
