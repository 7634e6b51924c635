// The gradient of a convolution's kernels, in two stages: partial sums over `splits` ranges of output rows, then their
// sum in a fixed order. Runs are those of convolution.cl.

// One work-item: TILE neighbouring taps of a run by one block of V kernels. TILE is at most runLength and V at most
// groupKernels; the last tile and the last block start early.
kernel void convolution_gradient(
    global const float *restrict x, global const float *restrict dy, global float *restrict partial,
    // x: rows, columns and channels of the padded image
    int XH, int XW, int XC,
    // the kernel
    int groupChannels, int groupKernels, int blocksPerGroup, int blocks, int R, int runs, int runLength, int rowStep,
    int runStep, int strideRows,
    // dy and its ranges of rows
    int P, int Q, int YC, int rows, int splits)
{
  const int block = get_global_id(0);
  const int tilesPerRun = (runLength + TILE - 1) / TILE;
  const int tile = get_global_id(1);
  const int split = get_global_id(2);
  if (block >= blocks || tile >= R * runs * tilesPerRun || split >= splits) return;
  const int own = tile % tilesPerRun * TILE;
  const int tap = min(own, runLength - TILE);
  const int run = tile / tilesPerRun % runs, r = tile / tilesPerRun / runs;
  const int group = block / blocksPerGroup;
  const int first = min(block % blocksPerGroup * V, groupKernels - V);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;

  vec sum[TILE];
  for (int m = 0; m < TILE; m++) sum[m] = (vec)(0.0f);
  for (int row = begin; row < end; row++) {
    const int n = row / P, p = row % P;
    global const float *xp = x + ((size_t)n * XH + p * strideRows) * XW * XC + (size_t)r * rowStep + run * runStep
        + group * groupChannels + tap;
    global const float *dp = dy + (size_t)row * Q * YC + group * groupKernels + first;
    for (int q = 0; q < Q; q++, xp += X_STEP, dp += YC) {
      const vec delta = LOAD(dp);
#pragma unroll
      for (int m = 0; m < TILE; m++) sum[m] = fma((vec)(xp[m]), delta, sum[m]);
    }
  }
  global float *out = partial + ((((size_t)split * blocks + block) * R + r) * runs + run) * runLength * V;
  for (int m = own - tap; m < TILE; m++) STORE(sum[m], out + (tap + m) * V);
}

// dw[K, R, S, C] from the partial sums. One work-item a block and run.
kernel void convolution_gradient_sum(
    global const float *restrict partial, global float *restrict dw, int groupKernels, int blocksPerGroup, int blocks,
    int runsInAll, int runLength, int splits)
{
  const int run = get_global_id(0);
  const int block = get_global_id(1);
  if (run >= runsInAll || block >= blocks) return;
  const int own = block % blocksPerGroup * V;
  const int first = min(own, groupKernels - V);
  const int taps = runsInAll * runLength;
  global float *out = dw + (size_t)(block / blocksPerGroup * groupKernels + first) * taps + run * runLength;
  for (int i = 0; i < runLength; i++) {
    global const float *in = partial + ((size_t)block * taps + run * runLength + i) * V;
    vec sum = (vec)(0.0f);
    for (int split = 0; split < splits; split++) sum += LOAD(in + (size_t)split * blocks * taps * V);
    float values[V];
    STORE(sum, values);
    for (int l = own - first; l < V; l++) out[(size_t)l * taps + i] = values[l];
  }
}
