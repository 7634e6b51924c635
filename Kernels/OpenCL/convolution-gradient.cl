// The gradient of a convolution's kernels, in two stages: partial sums over `splits` ranges of output rows, then their
// sum in a fixed order. Runs are those of convolution.cl.

// One work-item: one block of NV * V kernels by TILE neighbouring taps at a time, for a range of output rows. The range
// is done in chunks of ROWS rows, whose part of x and dy stays in cache for all taps; the sums wait in `partial`. TILE is
// at most runLength and NV * V at most groupKernels; the last tile and the last block start early.
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
  const int split = get_global_id(1);
  if (block >= blocks || split >= splits) return;
  const int group = block / blocksPerGroup;
  const int first = min(block % blocksPerGroup * NV * V, groupKernels - NV * V);
  const int begin = (long)rows * split / splits, end = (long)rows * (split + 1) / splits;
  global float *sums = partial + ((size_t)split * blocks + block) * R * runs * runLength * NV * V;

  // An empty range still has to write its zeros.
  for (int chunk = begin; chunk < end || chunk == begin; chunk += ROWS) {
    const int chunkEnd = min(chunk + ROWS, end);
    for (int line = 0; line < R * runs; line++) {
      const int r = line / runs, run = line % runs;
      for (int own = 0; own < runLength; own += TILE) {
        const int tap = min(own, runLength - TILE);
        global float *out = sums + ((size_t)line * runLength + tap) * NV * V;
        vec sum[TILE][NV];
#pragma unroll
        for (int m = 0; m < TILE; m++)
#pragma unroll
          for (int j = 0; j < NV; j++)
            sum[m][j] = chunk == begin || m < own - tap ? (vec)(0.0f) : LOAD(out + (m * NV + j) * V);
        for (int row = chunk; row < chunkEnd; row++) {
          const int n = row / P, p = row % P;
          global const float *xp = x + ((size_t)n * XH + p * strideRows) * XW * XC + (size_t)r * rowStep + run * runStep
              + group * groupChannels + tap;
          global const float *dp = dy + (size_t)row * Q * YC + group * groupKernels + first;
          for (int q = 0; q < Q; q++, xp += X_STEP, dp += YC) {
            vec delta[NV];
#pragma unroll
            for (int j = 0; j < NV; j++) delta[j] = LOAD(dp + j * V);
#pragma unroll
            for (int m = 0; m < TILE; m++) {
              const vec value = (vec)(xp[m]);
#pragma unroll
              for (int j = 0; j < NV; j++) sum[m][j] = fma(value, delta[j], sum[m][j]);
            }
          }
        }
#pragma unroll
        for (int m = 0; m < TILE; m++)
          if (m >= own - tap)
#pragma unroll
            for (int j = 0; j < NV; j++) STORE(sum[m][j], out + (m * NV + j) * V);
      }
    }
  }
}

// dw[K, R, S, C] from the partial sums. One work-item a block and line of taps.
kernel void convolution_gradient_sum(
    global const float *restrict partial, global float *restrict dw, int groupKernels, int blocksPerGroup, int blocks,
    int lines, int runLength, int splits)
{
  const int line = get_global_id(0);
  const int block = get_global_id(1);
  if (line >= lines || block >= blocks) return;
  const int own = block % blocksPerGroup * NV * V;
  const int first = min(own, groupKernels - NV * V);
  const int taps = lines * runLength;
  global float *out = dw + (size_t)(block / blocksPerGroup * groupKernels + first) * taps + line * runLength;
  for (int i = 0; i < runLength; i++) {
    global const float *in = partial + ((size_t)block * taps + line * runLength + i) * NV * V;
    for (int j = 0; j < NV; j++) {
      vec sum = (vec)(0.0f);
      for (int split = 0; split < splits; split++) sum += LOAD(in + (size_t)split * blocks * taps * NV * V + j * V);
      float values[V];
      STORE(sum, values);
      for (int l = max(0, own - first - j * V); l < V; l++) out[(size_t)(j * V + l) * taps + i] = values[l];
    }
  }
}
