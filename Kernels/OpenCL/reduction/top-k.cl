// The k greatest or least elements along an axis in their order, and their positions: x[outer, extent, inner] to
// values and positions[outer, k, inner]. Of equal elements the first comes first; a NaN is greater than all numbers.
//
// The first stage finds the k of each of `splits` ranges of the axis, in lists[outer, splits, k, inner]; the second
// merges a list's ranges.
//
// Constants: LEAST if it is 1 asks for the least.

#ifdef PARSE_ONLY
#define LEAST 0
#endif

#if LEAST
#define BEFORE(a, b) ((a) < (b) || ((a) == (a) && (b) != (b)))
#else
#define BEFORE(a, b) ((a) > (b) || ((a) != (a) && (b) == (b)))
#endif

// The greatest number of ranges.
#define MOST_SPLITS 16

// To lists[outer, splits, k, inner], by insertion. One work-item a list; no range is shorter than k.
kernel void top_k_ranges(
    global const float *restrict x, global float *restrict values, global int *restrict positions, int lists,
    int extent, int inner, int k, int splits)
{
  const int list = get_global_id(0);
  if (list >= lists) return;
  const int i = list % inner, split = list / inner % splits, o = list / inner / splits;
  const int begin = (long)extent * split / splits, end = (long)extent * (split + 1) / splits;
  global const float *in = x + (size_t)o * extent * inner + i;
  global float *value = values + (size_t)(list / inner) * k * inner + i;
  global int *position = positions + (size_t)(list / inner) * k * inner + i;
  int count = 0;
  float last = 0.0f;
  for (int at = begin; at < end; at++) {
    const float candidate = in[(size_t)at * inner];
    if (count == k && !BEFORE(candidate, last)) continue;
    int place = count < k ? count++ : k - 1;
    for (; place > 0; place--) {
      const size_t to = (size_t)place * inner, from = to - inner;
      const float above = value[from];
      if (!BEFORE(candidate, above)) break;
      value[to] = above;
      position[to] = position[from];
    }
    value[(size_t)place * inner] = candidate;
    position[(size_t)place * inner] = at;
    last = value[(size_t)(count - 1) * inner];
  }
}

// To values and positions[outer, k, inner] from the lists of ranges, of which an earlier one has earlier elements. One
// work-item a result's list.
kernel void top_k_merge(
    global const float *restrict partValues, global const int *restrict partPositions, global float *restrict values,
    global int *restrict positions, int lists, int inner, int k, int splits)
{
  const int list = get_global_id(0);
  if (list >= lists) return;
  const int i = list % inner, o = list / inner;
  int heads[MOST_SPLITS];
  for (int split = 0; split < splits; split++) heads[split] = 0;
  for (int n = 0; n < k; n++) {
    int chosen = 0;
    size_t from = ((size_t)o * splits * k + heads[0]) * inner + i;
    float best = partValues[from];
    for (int split = 1; split < splits; split++) {
      const size_t at = (((size_t)o * splits + split) * k + heads[split]) * inner + i;
      const float value = partValues[at];
      if (BEFORE(value, best)) {
        best = value;
        chosen = split;
        from = at;
      }
    }
    heads[chosen]++;
    const size_t to = ((size_t)o * k + n) * inner + i;
    values[to] = best;
    positions[to] = partPositions[from];
  }
}

// dx[outer, extent, inner], which is 0 so far, plus dy[outer, k, inner] at the positions; those out of range are left
// out. One work-item all positions of a list, so that no two write to one place.
kernel void top_k_delta(
    global const float *restrict dy, global const int *restrict positions, global float *restrict dx, int lists,
    int extent, int inner, int k)
{
  const int list = get_global_id(0);
  if (list >= lists) return;
  const int i = list % inner, o = list / inner;
  for (int n = 0; n < k; n++) {
    const size_t from = ((size_t)o * k + n) * inner + i;
    const int position = positions[from];
    if (position >= 0 && position < extent) dx[((size_t)o * extent + position) * inner + i] += dy[from];
  }
}
