// F(4, 3): 3 taps at unit stride, 6 products, of the points 0, 1, -1, 2, -2 and infinity.

#ifndef WINOGRAD_F43_H
#define WINOGRAD_F43_H

#if STRIDE == 1 && TAPS == 3

#define FREE_INPUTS(d, rest, phase)                     \
  {                                                     \
    if (rest == 2) d[4] = FMA(2.0f, d[3] - d[1], d[2]); \
    if (rest == 1) d[3] = d[1], d[4] = d[2];            \
  }

#define INPUT_TRANSFORM(out, d, phase)                                                                       \
  {                                                                                                          \
    const vec even = FMA(-4.0f, d[2], d[4]), odd = FMA(-4.0f, d[1], d[3]);                                   \
    const vec near = d[4] - d[2], far = 2.0f * (d[3] - d[1]);                                                \
    out(0, FMA(4.0f, d[0], FMA(-5.0f, d[2], d[4]))) out(1, even + odd) out(2, even - odd) out(3, near + far) \
        out(4, near - far) out(5, FMA(4.0f, d[1], FMA(-5.0f, d[3], d[5])))                                   \
  }

#define KERNEL_TRANSFORM(out, g)                                                                               \
  {                                                                                                            \
    const vec ends = (g[0] + g[2]) * (-1.0f / 6.0f), middle = g[1] * (-1.0f / 6.0f);                           \
    const vec wide = FMA(1.0f / 24.0f, g[0], g[2] * (1.0f / 6.0f)), slant = g[1] * (1.0f / 12.0f);             \
    out(0, g[0] * 0.25f) out(1, ends + middle) out(2, ends - middle) out(3, wide + slant) out(4, wide - slant) \
        out(5, g[2])                                                                                           \
  }

#define OUTPUT_TRANSFORM(out, m, phase)                                                                  \
  {                                                                                                      \
    const vec sum1 = m[1] + m[2], difference1 = m[1] - m[2];                                             \
    const vec sum2 = m[3] + m[4], difference2 = m[3] - m[4];                                             \
    out(0, m[0] + sum1 + sum2) out(1, FMA(2.0f, difference2, difference1)) out(2, FMA(4.0f, sum2, sum1)) \
        out(3, FMA(8.0f, difference2, difference1) + m[5])                                               \
  }

#define DELTA_TRANSFORM(out, d)                                                                              \
  {                                                                                                          \
    const vec even = d[0] + d[2], odd = d[1] + d[3];                                                         \
    const vec wideEven = FMA(4.0f, d[2], d[0]), wideOdd = FMA(8.0f, d[3], 2.0f * d[1]);                      \
    out(0, d[0]) out(1, even + odd) out(2, even - odd) out(3, wideEven + wideOdd) out(4, wideEven - wideOdd) \
        out(5, d[3])                                                                                         \
  }

#define GRADIENT_TRANSFORM(out, p)                                                                \
  {                                                                                               \
    const vec sum1 = (p[1] + p[2]) * (-1.0f / 6.0f), difference1 = (p[2] - p[1]) * (1.0f / 6.0f); \
    const vec sum2 = p[3] + p[4], difference2 = (p[3] - p[4]) * (1.0f / 12.0f);                   \
    out(0, FMA(0.25f, p[0], FMA(1.0f / 24.0f, sum2, sum1))) out(1, difference1 + difference2)     \
        out(2, FMA(1.0f / 6.0f, sum2, sum1) + p[5])                                               \
  }

#endif

#endif
