// 3 taps at stride 2. Every second input meets the outer taps, by F(4, 2) with the points 0, 1, -1, 2 and infinity, and
// those between meet the middle tap, whose one value takes part in four products. The delta, ROTATED, has eight results
// of five inputs: to every second one the outer taps contribute, to those between the middle tap. Which of them is the
// first follows from the padding: in phase 1 it is one of the middle tap. The gradient is not done: 81 products of a
// tile of 16 deltas take as long to write and read as they save.

#ifndef WINOGRAD_STRIDE2_H
#define WINOGRAD_STRIDE2_H

#if STRIDE == 2

// Where the inputs of the outer taps and of the middle one are, and how many of the first `rest` results have outer
// taps.
#ifdef ROTATED
#define EVEN(j) (j)
#define ODD(j, phase) ((j) + 1 - (phase))
#define EVENS(rest, phase) (((rest) + 1 - (phase)) / 2)
#define ODDS(rest, phase) (((rest) + (phase)) / 2)
#else
#define EVEN(j) (2 * (j))
#define ODD(j, phase) (2 * (j) + 1)
#define EVENS(rest, phase) (rest)
#define ODDS(rest, phase) (rest)
#endif

#define FREE_INPUTS(d, rest, phase)                       \
  {                                                       \
    if (EVENS(rest, phase) <= 2) d[EVEN(3)] = d[EVEN(1)]; \
    if (EVENS(rest, phase) <= 1) d[EVEN(2)] = d[EVEN(1)]; \
  }

#define INPUT_TRANSFORM(out, d, phase)                                                                           \
  {                                                                                                              \
    const vec last = d[EVEN(3)] - d[EVEN(2)], outer = d[EVEN(3)] - d[EVEN(1)];                                   \
    out(0, FMA(2.0f, d[EVEN(0)] - d[EVEN(2)], outer)) out(1, FMA(-2.0f, d[EVEN(1)], last))                       \
        out(2, FMA(2.0f, d[EVEN(1)] - d[EVEN(2)], last)) out(3, outer)                                           \
            out(4, FMA(-2.0f, outer, d[EVEN(4)] - d[EVEN(2)])) out(5, d[ODD(0, phase)]) out(6, d[ODD(1, phase)]) \
                out(7, d[ODD(2, phase)]) out(8, d[ODD(3, phase)])                                                \
  }

#define KERNEL_TRANSFORM(out, g)                                                            \
  {                                                                                         \
    out(0, g[0] * 0.5f) out(1, (g[0] + g[2]) * -0.5f) out(2, (g[2] - g[0]) * (1.0f / 6.0f)) \
        out(3, FMA(2.0f, g[2], g[0]) * (1.0f / 6.0f)) out(4, g[2]) out(5, g[1])             \
  }

// The results of two taps, from the first five products.
#define EVEN_RESULTS(m)                                                     \
  const vec sum = m[1] + m[2], difference = m[1] - m[2];                    \
  const vec even0 = m[0] + sum + m[3], even1 = FMA(2.0f, m[3], difference); \
  const vec even2 = FMA(4.0f, m[3], sum), even3 = FMA(8.0f, m[3], difference) + m[4];

#ifdef ROTATED
#define OUTPUT_TRANSFORM(out, m, phase)                                                                             \
  {                                                                                                                 \
    EVEN_RESULTS(m)                                                                                                 \
    out(phase, even0) out(1 - (phase), m[5]) out(2 + (phase), even1) out(3 - (phase), m[6]) out(4 + (phase), even2) \
        out(5 - (phase), m[7]) out(6 + (phase), even3) out(7 - (phase), m[8])                                       \
  }
#else
#define OUTPUT_TRANSFORM(out, m, phase)                                                 \
  {                                                                                     \
    EVEN_RESULTS(m)                                                                     \
    out(0, even0 + m[5]) out(1, even1 + m[6]) out(2, even2 + m[7]) out(3, even3 + m[8]) \
  }
#endif

#endif

#endif
