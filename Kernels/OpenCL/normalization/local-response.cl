// Local response normalisation of x[count / channels, channels]: y = x / scale^beta, and its delta.
//
// The scale of a channel is `bias` plus `factor` times the sum of squares of the channels in its window, which are
// those from `before` channels before it to `after` behind it, as far as there are. Sums are divided into parts of
// `part` terms. One work-item `perItem` elements.

#include "include/sums.h"

#define ELEMENTS(at) for (int at = get_global_id(0) * perItem, last_ = min(at + perItem, count); at < last_; at++)

inline static float scale(
    global const float *restrict x, int at, int channels, int before, int after, int part, float factor, float bias)
{
  const int channel = at % channels, first = max(channel - before, 0);
  const int terms = min(channel + after, channels - 1) + 1 - first;
  global const float *in = x + at - channel + first;
  SUM_BY_PARTS(float, sum, i, terms, part, in[i] * in[i])
  return fma(factor, sum, bias);
}

kernel void local_response(
    global const float *restrict x, global float *restrict y, float bias, int count, int channels, int before,
    int after, int part, float factor, float beta, int perItem)
{
  ELEMENTS(at) y[at] = x[at] * pow(scale(x, at, channels, before, after, part, factor, bias), -beta);
}

// dx = dy / scale^beta, and terms = dy x / scale^(beta + 1), what the scale of a channel gives to those in its window.
kernel void local_response_terms(
    global const float *restrict dy, global const float *restrict x, global float *restrict terms,
    global float *restrict dx, float bias, int count, int channels, int before, int after, int part, float factor,
    float beta, int perItem)
{
  ELEMENTS(at)
  {
    const float divisor = scale(x, at, channels, before, after, part, factor, bias);
    const float direct = dy[at] * pow(divisor, -beta);
    dx[at] = direct;
    terms[at] = direct * x[at] / divisor;
  }
}

// dx = dx - 2 factor beta x times the sum of the terms of the channels whose windows have this one.
kernel void local_response_delta(
    global const float *restrict x, global const float *restrict terms, global float *restrict dx, int count,
    int channels, int before, int after, int part, float factor, float beta, int perItem)
{
  ELEMENTS(at)
  {
    const int channel = at % channels, first = max(channel - after, 0);
    const int windows = min(channel + before, channels - 1) + 1 - first;
    global const float *in = terms + at - channel + first;
    SUM_BY_PARTS(float, sum, i, windows, part, in[i])
    dx[at] = fma(-2.0f * factor * beta * x[at], sum, dx[at]);
  }
}
