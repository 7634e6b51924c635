// Images surrounded by zeros, for kernels that would otherwise test every pixel.

// y[N, YH, YW, C] = x[N, H, W, C], moved by (top, left) and surrounded by zeros. One work-item a
// row of y.
kernel void convolution_pad(
    global const float *restrict x, global float *restrict y, int rows, int H, int W, int YH, int YW, int C, int top,
    int left)
{
  const int row = get_global_id(0);
  if (row >= rows) return;
  const int i = row % YH - top;
  const int inside = i >= 0 && i < H;
  const int begin = inside ? clamp(left, 0, YW) * C : YW * C;
  const int end = inside ? clamp(left + W, 0, YW) * C : YW * C;
  global float *out = y + (size_t)row * YW * C;
  global const float *in = x + ((size_t)(row / YH) * H + (inside ? i : 0)) * W * C;
  for (int j = 0; j < begin; j++) out[j] = 0.0f;
  for (int j = begin; j < end; j++) out[j] = in[j - left * C];
  for (int j = end; j < YW * C; j++) out[j] = 0.0f;
}
