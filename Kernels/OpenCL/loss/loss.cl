// Losses with their deltas, and the count of correct predictions, for logits[rows, classes] or y[count]. There are two
// stages: one value per row or block, then their mean or sum. Long sums are divided into parts of `part` terms.
//
// Constants: BLOCK, the elements of a work-item of the mean squared error.

#ifdef PARSE_ONLY
#define BLOCK 2048
#endif

#include "include/sums.h"
#include "loss/smoothing.h"

// losses[row] = log(sum of exp(logits)) - the sum of target * logits, and dlogits = (softmax - target) / rows, with the
// targets of SMOOTHED. A label that is no class gives NaN. One work-item a row.
kernel void softmax_cross_entropy(
    global const float *restrict logits, global const int *restrict labels, global float *restrict losses,
    global float *restrict dlogits, int rows, int classes, int part, float smoothing)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  global const float *in = logits + (size_t)row * classes;
  global float *out = dlogits + (size_t)row * classes;
  const int label = labels[row];
  const int known = label >= 0 && label < classes;
  float greatest = in[0];
  for (int c = 1; c < classes; c++) greatest = fmax(greatest, in[c]);
  SUM_BY_PARTS(float, sum, c, classes, part, (out[c] = exp(in[c] - greatest)))
  float named = known ? in[label] - greatest : NAN;
  if (smoothing > 0.0f) {
    SUM_BY_PARTS(float, total, c, classes, part, in[c] - greatest)
    named = fma(1.0f - smoothing, named, smoothing / (float)classes * total);
  }
  losses[row] = log(sum) - named;
  for (int c = 0; c < classes; c++)
    out[c] = known ? (out[c] / sum - SMOOTHED(c == label, smoothing, classes)) / (float)rows : NAN;
}

// losses[block] = sum of (y - target)^2 and dy = 2 (y - target) / count. One work-item a block.
kernel void mean_squared_error(
    global const float *restrict y, global const float *restrict target, global float *restrict losses,
    global float *restrict dy, int count, int part)
{
  const int begin = get_global_id(0) * BLOCK;
  if (begin >= count) return;
  const int end = min(begin + BLOCK, count);
  float sum = 0.0f;
  for (int first = begin; first < end; first += part) {
    float squares = 0.0f;
    for (int i = first; i < min(first + part, end); i++) {
      const float difference = y[i] - target[i];
      dy[i] = 2.0f * difference / (float)count;
      squares = fma(difference, difference, squares);
    }
    sum += squares;
  }
  losses[get_global_id(0)] = sum;
}

// loss[0] = sum of losses / divisor, with Kahan's compensation. One work-item.
kernel void loss_mean(global const float *restrict losses, global float *restrict loss, int count, int divisor)
{
  if (get_global_id(0) > 0) return;
  float sum = 0.0f, lost = 0.0f;
  for (int i = 0; i < count; i++) {
    const float term = losses[i] - lost;
    const float next = sum + term;
    lost = isfinite(next) ? (next - sum) - term : 0.0f;
    sum = next;
  }
  loss[0] = sum / (float)divisor;
}

// hits[row] = whether the first of the row's greatest logits is the label's; a NaN is greater than numbers. One
// work-item a row.
kernel void correct_predictions(
    global const float *restrict logits, global const int *restrict labels, global int *restrict hits, int rows,
    int classes)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  global const float *in = logits + (size_t)row * classes;
  int best = 0;
  for (int c = 1; c < classes; c++)
    if (!(in[c] <= in[best]) && in[best] == in[best]) best = c;
  hits[row] = best == labels[row];
}

// correct[0] = the number of hits. One work-item.
kernel void correct_predictions_sum(global const int *restrict hits, global int *restrict correct, int rows)
{
  if (get_global_id(0) > 0) return;
  int sum = 0;
  for (int row = 0; row < rows; row++) sum += hits[row];
  correct[0] = sum;
}
