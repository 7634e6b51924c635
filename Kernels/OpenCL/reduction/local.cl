// Column sums, batch statistics, losses and softmax for GPUs. A work-group is LINES x LANES work-items; each reduces
// some elements of one column, and a tree in local memory combines the LINES results of a column. The order of every
// sum is fixed.
//
// Constants: LINES and LANES, powers of 2; ACTIVATION and SLOPE if an activation follows batch normalisation.

#ifdef PARSE_ONLY
#define LINES 64
#define LANES 1
#endif

#include "include/special-values.h"
#include "loss/smoothing.h"
#include "normalization/moments.h"
#include "reduction/tree.h"

// A long sum: chains of 64 additions, the sums of 64 such chains, and the rest. One chain would round too much.
typedef struct {
  float chain, chains, rest;
  int count;
} LongSum;

#define EMPTY_SUM       \
  {                     \
    0.0f, 0.0f, 0.0f, 0 \
  }
#define TOTAL(sum) ((sum).rest + ((sum).chains + (sum).chain))

static LongSum counted(LongSum sum)
{
  sum.count++;
  if (sum.count % 64 == 0) {
    sum.chains += sum.chain;
    sum.chain = 0.0f;
    if (sum.count % 4096 == 0) {
      sum.rest += sum.chains;
      sum.chains = 0.0f;
    }
  }
  return sum;
}

static LongSum added(LongSum sum, float term)
{
  sum.chain += term;
  return counted(sum);
}

static LongSum added_product(LongSum sum, float a, float b)
{
  sum.chain = fma(a, b, sum.chain);
  return counted(sum);
}

// A work-group's columns and its range of rows.
#define COLUMN ((int)get_group_id(0) * LANES + LANE)
#define SPLIT ((int)get_group_id(1))
#define BEGIN ((int)((long)rows * SPLIT / splits))
#define END ((int)((long)rows * (SPLIT + 1) / splits))

// sums[splits, C], the column sums of ranges of x[rows, C].
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_column_sums(
    global const float *restrict x, global float *restrict sums, int rows, int C, int splits)
{
  local float values[ITEMS];
  const int c = COLUMN, end = END;
  LongSum sum = EMPTY_SUM;
  if (c < C)
    for (int row = BEGIN + LINE; row < end; row += LINES) sum = added(sum, x[(size_t)row * C + c]);
  values[ITEM] = TOTAL(sum);
  TREE(values[ITEM] += values[other];)
  if (LINE == 0 && c < C) sums[(size_t)SPLIT * C + c] = values[ITEM];
}

// The number, mean and sum of squared deviations of some values, the last two with their low-order parts.
typedef struct {
  float count, mean, low, square, squareLow;
} Moments;

static Moments moments(float count, float mean, float low, float square)
{
  Moments m;
  m.count = count;
  m.mean = mean;
  m.low = low;
  m.square = square;
  m.squareLow = 0.0f;
  return m;
}

// Those of two sets of values together.
static Moments merged(Moments a, Moments b)
{
  if (b.count == 0.0f) return a;
  if (a.count == 0.0f) return b;
  const float count = a.count + b.count, share = b.count / count, weight = a.count * share;
  MERGE_MOMENTS(float, a.mean, a.low, a.square, a.squareLow, b.mean, b.low, b.square + b.squareLow, share, weight)
  a.count = count;
  return a;
}

// Rows that a work-item holds at a time.
#define CHUNK 16

// parts[splits, 4, C]: the moments of each column of x[rows, C], for ranges of rows, as batch_normalization_statistics
// of normalization/batch.cl has them.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_statistics(
    global const float *restrict x, global float *restrict parts, int rows, int C, int splits)
{
  local float counts[ITEMS], means[ITEMS], lows[ITEMS], squares[ITEMS];
  const int c = COLUMN, end = END;
  Moments own = moments(0.0f, 0.0f, 0.0f, 0.0f);
  if (c < C)
    for (int first = BEGIN + LINE; first < end; first += CHUNK * LINES) {
      float values[CHUNK];
      const int n = min(CHUNK, (end - first + LINES - 1) / LINES);
      UNROLLED_FOR(i, CHUNK) values[i] = i < n ? x[(size_t)(first + i * LINES) * C + c] : 0.0f;
      const float origin = ORIGIN(float, values[0], n > 1 ? values[1] : values[0], n > 2 ? values[2] : values[0]);
      float sum = 0.0f, square = 0.0f;
      UNROLLED_FOR(i, CHUNK) {
        const float deviation = i < n ? values[i] - origin : 0.0f;
        sum += deviation;
        square = fma(deviation, deviation, square);
      }
      const float shift = sum / (float)n, mean = origin + shift;
      square = fma(-sum, shift, square);
      const float low = FINITE(mean) ? shift - (mean - origin) : 0.0f;
      own = merged(own, moments(n, mean, low, square < 0.0f ? 0.0f : square));
    }
  own.square += own.squareLow;
  own.squareLow = 0.0f;
  counts[ITEM] = own.count;
  means[ITEM] = own.mean;
  lows[ITEM] = own.low;
  squares[ITEM] = own.square;
  TREE(own = merged(own, moments(counts[other], means[other], lows[other], squares[other])); counts[ITEM] = own.count;
       means[ITEM] = own.mean; lows[ITEM] = own.low; squares[ITEM] = own.square + own.squareLow;)
  if (LINE == 0 && c < C) {
    global float *result = parts + (size_t)SPLIT * 4 * C + c;
    result[0] = own.mean;
    result[C] = own.low;
    result[2 * (size_t)C] = own.square;
    result[3 * (size_t)C] = own.squareLow;
  }
}

// sums and products[splits, C]: of dy and of dy * (x - mean) for ranges of rows.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_delta_sums(
    global const float *restrict x, global const float *restrict dy, global const float *restrict mean,
    global float *restrict sums, global float *restrict products,
#ifdef ACTIVATION
    global const float *restrict bias, global const float *restrict weight, global const float *restrict inverse,
    global const float *restrict meanLow,
#endif
    int rows, int C, int splits)
{
  local float allSums[ITEMS], allProducts[ITEMS];
  const int c = COLUMN, end = END;
  LongSum sum = EMPTY_SUM, product = EMPTY_SUM;
  if (c < C) {
    const float center = mean[c];
    for (int row = BEGIN + LINE; row < end; row += LINES) {
      const float centered = x[(size_t)row * C + c] - center;
      NORMALIZED_DELTA(
          float, delta, dy[(size_t)row * C + c], centered, inverse[c] * weight[c],
          NORMALIZED_OFFSET(meanLow[c], inverse[c] * weight[c], bias[c]))
      sum = added(sum, delta);
      product = added_product(product, delta, centered);
    }
  }
  allSums[ITEM] = TOTAL(sum);
  allProducts[ITEM] = TOTAL(product);
  TREE(allSums[ITEM] += allSums[other]; allProducts[ITEM] += allProducts[other];)
  if (LINE == 0 && c < C) {
    sums[(size_t)SPLIT * C + c] = allSums[ITEM];
    products[(size_t)SPLIT * C + c] = allProducts[ITEM];
  }
}

#if LANES == 1

// loss[0] = sum of losses / divisor, each work-item's part with Kahan's compensation. One work-group.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_loss_mean(
    global const float *restrict losses, global float *restrict loss, int count, int divisor)
{
  local float values[ITEMS];
  float sum = 0.0f, lost = 0.0f;
  for (int i = ITEM; i < count; i += ITEMS) {
    const float term = losses[i] - lost;
    const float next = sum + term;
    lost = isfinite(next) ? (next - sum) - term : 0.0f;
    sum = next;
  }
  values[ITEM] = sum;
  TREE(values[ITEM] += values[other];)
  if (ITEM == 0) loss[0] = values[0] / (float)divisor;
}

// softmax_cross_entropy of loss/loss.cl, a work-group a row.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) kernel void local_softmax_cross_entropy(
    global const float *restrict logits, global const int *restrict labels, global float *restrict losses,
    global float *restrict dlogits, int rows, int classes, float smoothing)
{
  local float values[ITEMS];
  const int row = get_group_id(0);
  global const float *in = logits + (size_t)row * classes;
  global float *out = dlogits + (size_t)row * classes;
  const int label = labels[row];
  const int known = label >= 0 && label < classes;
  float greatest = -INFINITY;
  for (int c = ITEM; c < classes; c += ITEMS) greatest = fmax(greatest, in[c]);
  values[ITEM] = greatest;
  TREE(values[ITEM] = fmax(values[ITEM], values[other]);)
  greatest = values[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  LongSum exponentials = EMPTY_SUM;
  for (int c = ITEM; c < classes; c += ITEMS) {
    const float e = exp(in[c] - greatest);
    out[c] = e;
    exponentials = added(exponentials, e);
  }
  values[ITEM] = TOTAL(exponentials);
  TREE(values[ITEM] += values[other];)
  const float sum = values[0];
  float named = known ? in[label] - greatest : NAN;
  // The same for all work-items, as the barriers need it.
  if (smoothing > 0.0f) {
    barrier(CLK_LOCAL_MEM_FENCE);
    LongSum all = EMPTY_SUM;
    for (int c = ITEM; c < classes; c += ITEMS) all = added(all, in[c] - greatest);
    values[ITEM] = TOTAL(all);
    TREE(values[ITEM] += values[other];)
    named = fma(1.0f - smoothing, named, smoothing / (float)classes * values[0]);
  }
  if (ITEM == 0) losses[row] = log(sum) - named;
  for (int c = ITEM; c < classes; c += ITEMS)
    out[c] = known ? (out[c] / sum - SMOOTHED(c == label, smoothing, classes)) / (float)rows : NAN;
}

#endif
