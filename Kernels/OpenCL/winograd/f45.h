// F(4, 5): 5 taps at unit stride, 8 products, of the points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity.

#ifndef WINOGRAD_F45_H
#define WINOGRAD_F45_H

#if STRIDE == 1 && TAPS == 5

#define FREE_INPUTS(d, rest, phase)                                              \
  {                                                                              \
    const vec even = FMA(5.0f, d[4], -4.0f * d[2]);                              \
    if (rest == 2) d[6] = even + FMA(2.0f, d[1], FMA(-2.5f, d[3], 0.5f * d[5])); \
    if (rest == 1) d[5] = FMA(5.0f, d[3], -4.0f * d[1]), d[6] = even;            \
  }

#define INPUT_TRANSFORM(out, d, phase)                                                                              \
  {                                                                                                                 \
    const vec even1 = FMA(-4.25f, d[4], d[2] + d[6]), odd1 = FMA(-4.25f, d[3], d[1] + d[5]);                        \
    const vec even2 = FMA(0.25f, d[2], FMA(-1.25f, d[4], d[6]));                                                    \
    const vec odd2 = FMA(0.5f, d[1], FMA(-2.5f, d[3], 2.0f * d[5]));                                                \
    const vec even3 = FMA(4.0f, d[2], FMA(-5.0f, d[4], d[6]));                                                      \
    const vec odd3 = FMA(2.0f, d[1], FMA(-2.5f, d[3], 0.5f * d[5]));                                                \
    out(0, FMA(5.25f, d[4] - d[2], d[0] - d[6])) out(1, even1 + odd1) out(2, even1 - odd1) out(3, even2 + odd2)     \
        out(4, even2 - odd2) out(5, even3 + odd3) out(6, even3 - odd3) out(7, FMA(5.25f, d[3] - d[5], d[7] - d[1])) \
  }

#define KERNEL_TRANSFORM(out, g)                                                                     \
  {                                                                                                  \
    const vec even1 = (g[0] + g[2] + g[4]) * (-2.0f / 9.0f), odd1 = (g[1] + g[3]) * (-2.0f / 9.0f);  \
    const vec even2 = FMA(16.0f, g[4], FMA(4.0f, g[2], g[0])) * (1.0f / 90.0f);                      \
    const vec odd2 = FMA(4.0f, g[3], g[1]) * (1.0f / 45.0f);                                         \
    const vec even3 = FMA(16.0f, g[0], FMA(4.0f, g[2], g[4])) * (2.0f / 45.0f);                      \
    const vec odd3 = FMA(4.0f, g[1], g[3]) * (4.0f / 45.0f);                                         \
    out(0, g[0]) out(1, even1 + odd1) out(2, even1 - odd1) out(3, even2 + odd2) out(4, even2 - odd2) \
        out(5, even3 + odd3) out(6, even3 - odd3) out(7, g[4])                                       \
  }

#define OUTPUT_TRANSFORM(out, m, phase)                                                                   \
  {                                                                                                       \
    const vec sum1 = m[1] + m[2], difference1 = m[1] - m[2];                                              \
    const vec sum2 = m[3] + m[4], difference2 = m[3] - m[4];                                              \
    const vec sum3 = m[5] + m[6], difference3 = m[5] - m[6];                                              \
    out(0, m[0] + sum1 + sum2 + sum3) out(1, FMA(0.5f, difference3, FMA(2.0f, difference2, difference1))) \
        out(2, FMA(0.25f, sum3, FMA(4.0f, sum2, sum1)))                                                   \
            out(3, FMA(0.125f, difference3, FMA(8.0f, difference2, difference1)) + m[7])                  \
  }

#define DELTA_TRANSFORM(out, d)                                                                      \
  {                                                                                                  \
    const vec even1 = d[0] + d[2], odd1 = d[1] + d[3];                                               \
    const vec even2 = FMA(4.0f, d[2], d[0]), odd2 = FMA(8.0f, d[3], 2.0f * d[1]);                    \
    const vec even3 = FMA(0.25f, d[2], d[0]), odd3 = FMA(0.125f, d[3], 0.5f * d[1]);                 \
    out(0, d[0]) out(1, even1 + odd1) out(2, even1 - odd1) out(3, even2 + odd2) out(4, even2 - odd2) \
        out(5, even3 + odd3) out(6, even3 - odd3) out(7, d[3])                                       \
  }

#define GRADIENT_TRANSFORM(out, p)                                                                         \
  {                                                                                                        \
    const vec sum1 = (p[1] + p[2]) * (-2.0f / 9.0f), difference1 = (p[2] - p[1]) * (2.0f / 9.0f);          \
    const vec sum2 = (p[3] + p[4]) * (1.0f / 90.0f), difference2 = (p[3] - p[4]) * (1.0f / 45.0f);         \
    const vec sum3 = (p[5] + p[6]) * (2.0f / 45.0f), difference3 = (p[5] - p[6]) * (4.0f / 45.0f);         \
    out(0, FMA(16.0f, sum3, p[0] + sum1 + sum2)) out(1, FMA(4.0f, difference3, difference1 + difference2)) \
        out(2, FMA(4.0f, sum2 + sum3, sum1)) out(3, FMA(4.0f, difference2, difference1 + difference3))     \
            out(4, FMA(16.0f, sum2, sum1 + sum3) + p[7])                                                   \
  }

#endif

#endif
