// Sums, statistics and softmax for GPUs. A work-group is LINES x LANES work-items; each reduces some elements of one column, and
// the LINES results of a column are combined in local memory by a tree. The order of every sum is fixed.

#define ITEMS (LINES * LANES)
#define ITEM ((int)get_local_id(0))
#define LANE (ITEM % LANES)
#define LINE (ITEM / LANES)

// Combines the work-items of a column; STATEMENT brings what work-item `other` has to ITEM. The result is that of line 0.
#define TREE(STATEMENT)                             \
  for (int step = LINES / 2; step > 0; step /= 2) { \
    barrier(CLK_LOCAL_MEM_FENCE);                   \
    if (LINE < step) {                              \
      const int other = ITEM + step * LANES;        \
      STATEMENT                                     \
    }                                               \
  }                                                 \
  barrier(CLK_LOCAL_MEM_FENCE);

// A work-group's columns and its range of rows.
#define COLUMN ((int)get_group_id(0) * LANES + LANE)
#define SPLIT ((int)get_group_id(1))
#define BEGIN ((int)((long)rows * SPLIT / splits))
#define END ((int)((long)rows * (SPLIT + 1) / splits))

// sums[splits, C], the column sums of ranges of x[rows, C].
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_column_sums(global const float *restrict x, global float *restrict sums, int rows, int C, int splits)
{
  local float values[ITEMS];
  const int c = COLUMN, end = END;
  float sum = 0.0f;
  if (c < C)
    for (int row = BEGIN + LINE; row < end; row += LINES) sum += x[(size_t)row * C + c];
  values[ITEM] = sum;
  TREE(values[ITEM] += values[other];)
  if (LINE == 0 && c < C) sums[(size_t)SPLIT * C + c] = values[ITEM];
}

// The number, mean and sum of squared deviations of some values.
typedef struct {
  float count, mean, square;
} Moments;

static Moments moments(float count, float mean, float square)
{
  Moments m;
  m.count = count;
  m.mean = mean;
  m.square = square;
  return m;
}

// Those of two sets of values together, by a formula that does not cancel.
static Moments merged(Moments a, Moments b)
{
  if (b.count == 0.0f) return a;
  const float count = a.count + b.count, share = b.count / count, difference = b.mean - a.mean;
  return moments(
      count, fma(share, difference, a.mean), a.square + fma(difference * difference, a.count * share, b.square));
}

// Rows that a work-item holds at a time.
#define CHUNK 16

// means and squares[splits, C]: of each column of x[rows, C], for ranges of rows as batch_normalization_statistics_merge of
// batch-normalization.cl takes them.
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_statistics(
    global const float *restrict x, global float *restrict means, global float *restrict squares, int rows, int C,
    int splits)
{
  local float counts[ITEMS], allMeans[ITEMS], allSquares[ITEMS];
  const int c = COLUMN, end = END;
  Moments own = moments(0.0f, 0.0f, 0.0f);
  if (c < C)
    for (int first = BEGIN + LINE; first < end; first += CHUNK * LINES) {
      float values[CHUNK], sum = 0.0f;
      const int n = min(CHUNK, (end - first + LINES - 1) / LINES);
#pragma unroll
      for (int i = 0; i < CHUNK; i++) {
        values[i] = i < n ? x[(size_t)(first + i * LINES) * C + c] : 0.0f;
        sum += values[i];
      }
      Moments chunk = moments(n, sum / (float)n, 0.0f);
#pragma unroll
      for (int i = 0; i < CHUNK; i++) {
        const float deviation = i < n ? values[i] - chunk.mean : 0.0f;
        chunk.square = fma(deviation, deviation, chunk.square);
      }
      own = merged(own, chunk);
    }
  counts[ITEM] = own.count;
  allMeans[ITEM] = own.mean;
  allSquares[ITEM] = own.square;
  TREE(
    own = merged(own, moments(counts[other], allMeans[other], allSquares[other]));
    counts[ITEM] = own.count;
    allMeans[ITEM] = own.mean;
    allSquares[ITEM] = own.square;)
  if (LINE == 0 && c < C) {
    means[(size_t)SPLIT * C + c] = own.mean;
    squares[(size_t)SPLIT * C + c] = own.square;
  }
}

// sums and products[splits, C]: of dy and of dy * (x - mean) for ranges of rows.
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_delta_sums(
    global const float *restrict x, global const float *restrict dy, global const float *restrict mean,
    global float *restrict sums, global float *restrict products,
#ifdef ACTIVATION
    global const float *restrict bias, global const float *restrict weight, global const float *restrict inverse,
#endif
    int rows, int C, int splits)
{
  local float allSums[ITEMS], allProducts[ITEMS];
  const int c = COLUMN, end = END;
  float sum = 0.0f, product = 0.0f;
  if (c < C) {
    const float center = mean[c];
    for (int row = BEGIN + LINE; row < end; row += LINES) {
      const float centered = x[(size_t)row * C + c] - center;
      NORMALIZED_DELTA(float, delta, dy[(size_t)row * C + c], centered, inverse[c] * weight[c], bias[c])
      sum += delta;
      product = fma(delta, centered, product);
    }
  }
  allSums[ITEM] = sum;
  allProducts[ITEM] = product;
  TREE(allSums[ITEM] += allSums[other]; allProducts[ITEM] += allProducts[other];)
  if (LINE == 0 && c < C) {
    sums[(size_t)SPLIT * C + c] = allSums[ITEM];
    products[(size_t)SPLIT * C + c] = allProducts[ITEM];
  }
}

#if LANES == 1

// loss[0] = sum of losses / divisor, each work-item's part with Kahan's compensation. One work-group.
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_loss_mean(global const float *restrict losses, global float *restrict loss, int count, int divisor)
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

// softmax_cross_entropy of loss.cl, a work-group a row.
__attribute__((reqd_work_group_size(ITEMS, 1, 1)))
kernel void local_softmax_cross_entropy(
    global const float *restrict logits, global const int *restrict labels, global float *restrict losses,
    global float *restrict dlogits, int rows, int classes)
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
  float sum = 0.0f;
  for (int c = ITEM; c < classes; c += ITEMS) {
    const float e = exp(in[c] - greatest);
    out[c] = e;
    sum += e;
  }
  values[ITEM] = sum;
  TREE(values[ITEM] += values[other];)
  sum = values[0];
  if (ITEM == 0) losses[row] = known ? log(sum) - (in[label] - greatest) : NAN;
  for (int c = ITEM; c < classes; c += ITEMS)
    out[c] = known ? (out[c] / sum - (c == label ? 1.0f : 0.0f)) / (float)rows : NAN;
}

#endif
