// winograd.h - the transforms of convolutions by Winograd's algorithm. Inlined: part of runtime.h.
//
// With d for the pixels that a square of results needs, and g for a filter of 3x3,
//
//     results = A ((B d B') * (G g G')) A'
//
// where * multiplies element by element. These are F(2x2, 3x3) and F(4x4, 3x3) of Lavin and Gray,
// "Fast algorithms for convolutional neural networks", 2015:
//
//     B =  1  0 -1  0    G =    1    0    0    A =  1  1  1  0
//          0  1  1  0         1/2  1/2  1/2         0  1 -1 -1
//          0 -1  1  0         1/2 -1/2  1/2
//          0  1  0 -1           0    0    1
//
//     B =  4  0 -5  0  1  0    G =   1/4     0     0    A =  1  1  1  1  1  0
//          0 -4 -4  1  1  0         -1/6  -1/6  -1/6         0  1 -1  2 -2  0
//          0  4 -4 -1  1  0         -1/6   1/6  -1/6         0  1  1  4  4  0
//          0 -2 -1  2  1  0         1/24  1/12   1/6         0  1 -1  8 -8  1
//          0  2 -1 -2  1  0         1/24 -1/12   1/6
//          0  4  0 -5  0  1            0     0     1
//
// Each function transforms `lanes` matrices, whose elements are neighbours in memory: the element
// in row r and column c of matrix l is first[r * row + c * column + l].

#ifndef RT_WINOGRAD_H
#define RT_WINOGRAD_H

#include <stddef.h>

#include "tile.h"

#ifdef __cplusplus
extern "C" {
#endif

// Names for groups of arguments.
#define RT_TO(first, row, column) first, row, column
#define RT_FROM(first, row, column) first, row, column

// Element (r, c) of the matrix of lane l.
#define RT_AT(r, c) from[(r)*row + (c)*column + l]

// B x for F(2x2, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_b2(float *to, ptrdiff_t step, float x0, float x1, float x2, float x3) {
  to[0] = x0 - x2;
  to[step] = x1 + x2;
  to[2 * step] = x2 - x1;
  to[3 * step] = x1 - x3;
}

// B d B' for 4x4 pixels d.
RT_INLINE void rt_winograd_image2(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                  const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float bd[16];
    rt_winograd_b2(bd, 4, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0), RT_AT(3, 0));
    rt_winograd_b2(bd + 1, 4, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1), RT_AT(3, 1));
    rt_winograd_b2(bd + 2, 4, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2), RT_AT(3, 2));
    rt_winograd_b2(bd + 3, 4, RT_AT(0, 3), RT_AT(1, 3), RT_AT(2, 3), RT_AT(3, 3));
    rt_winograd_b2(to + l, to_column, bd[0], bd[1], bd[2], bd[3]);
    rt_winograd_b2(to + to_row + l, to_column, bd[4], bd[5], bd[6], bd[7]);
    rt_winograd_b2(to + 2 * to_row + l, to_column, bd[8], bd[9], bd[10], bd[11]);
    rt_winograd_b2(to + 3 * to_row + l, to_column, bd[12], bd[13], bd[14], bd[15]);
  }
}

// G x for F(2x2, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_g2(float *to, ptrdiff_t step, float x0, float x1, float x2) {
  to[0] = x0;
  to[step] = 0.5f * (x0 + x1 + x2);
  to[2 * step] = 0.5f * (x0 + x2 - x1);
  to[3 * step] = x2;
}

// G g G' for filters g of 3x3.
RT_INLINE void rt_winograd_filter2(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                   const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float gg[12];
    rt_winograd_g2(gg, 3, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0));
    rt_winograd_g2(gg + 1, 3, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1));
    rt_winograd_g2(gg + 2, 3, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2));
    rt_winograd_g2(to + l, to_column, gg[0], gg[1], gg[2]);
    rt_winograd_g2(to + to_row + l, to_column, gg[3], gg[4], gg[5]);
    rt_winograd_g2(to + 2 * to_row + l, to_column, gg[6], gg[7], gg[8]);
    rt_winograd_g2(to + 3 * to_row + l, to_column, gg[9], gg[10], gg[11]);
  }
}

// A x for F(2x2, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_a2(float *to, ptrdiff_t step, float x0, float x1, float x2, float x3) {
  to[0] = x0 + x1 + x2;
  to[step] = x1 - x2 - x3;
}

// A m A' for 4x4 products m.
RT_INLINE void rt_winograd_sums2(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                 const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float am[8];
    rt_winograd_a2(am, 4, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0), RT_AT(3, 0));
    rt_winograd_a2(am + 1, 4, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1), RT_AT(3, 1));
    rt_winograd_a2(am + 2, 4, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2), RT_AT(3, 2));
    rt_winograd_a2(am + 3, 4, RT_AT(0, 3), RT_AT(1, 3), RT_AT(2, 3), RT_AT(3, 3));
    rt_winograd_a2(to + l, to_column, am[0], am[1], am[2], am[3]);
    rt_winograd_a2(to + to_row + l, to_column, am[4], am[5], am[6], am[7]);
  }
}

// B x for F(4x4, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_b4(float *to, ptrdiff_t step,
                              float x0, float x1, float x2, float x3, float x4, float x5) {
  to[0] = 4.0f * x0 + x4 - 5.0f * x2;
  to[step] = x3 + x4 - 4.0f * x1 - 4.0f * x2;
  to[2 * step] = 4.0f * x1 + x4 - 4.0f * x2 - x3;
  to[3 * step] = 2.0f * x3 + x4 - 2.0f * x1 - x2;
  to[4 * step] = 2.0f * x1 + x4 - x2 - 2.0f * x3;
  to[5 * step] = 4.0f * x1 + x5 - 5.0f * x3;
}

// B d B' for 6x6 pixels d.
RT_INLINE void rt_winograd_image4(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                  const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float bd[36];
    rt_winograd_b4(bd, 6, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0), RT_AT(3, 0), RT_AT(4, 0),
                   RT_AT(5, 0));
    rt_winograd_b4(bd + 1, 6, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1), RT_AT(3, 1), RT_AT(4, 1),
                   RT_AT(5, 1));
    rt_winograd_b4(bd + 2, 6, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2), RT_AT(3, 2), RT_AT(4, 2),
                   RT_AT(5, 2));
    rt_winograd_b4(bd + 3, 6, RT_AT(0, 3), RT_AT(1, 3), RT_AT(2, 3), RT_AT(3, 3), RT_AT(4, 3),
                   RT_AT(5, 3));
    rt_winograd_b4(bd + 4, 6, RT_AT(0, 4), RT_AT(1, 4), RT_AT(2, 4), RT_AT(3, 4), RT_AT(4, 4),
                   RT_AT(5, 4));
    rt_winograd_b4(bd + 5, 6, RT_AT(0, 5), RT_AT(1, 5), RT_AT(2, 5), RT_AT(3, 5), RT_AT(4, 5),
                   RT_AT(5, 5));
    rt_winograd_b4(to + l, to_column, bd[0], bd[1], bd[2], bd[3], bd[4], bd[5]);
    rt_winograd_b4(to + to_row + l, to_column, bd[6], bd[7], bd[8], bd[9], bd[10], bd[11]);
    rt_winograd_b4(to + 2 * to_row + l, to_column, bd[12], bd[13], bd[14], bd[15], bd[16], bd[17]);
    rt_winograd_b4(to + 3 * to_row + l, to_column, bd[18], bd[19], bd[20], bd[21], bd[22], bd[23]);
    rt_winograd_b4(to + 4 * to_row + l, to_column, bd[24], bd[25], bd[26], bd[27], bd[28], bd[29]);
    rt_winograd_b4(to + 5 * to_row + l, to_column, bd[30], bd[31], bd[32], bd[33], bd[34], bd[35]);
  }
}

// G x for F(4x4, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_g4(float *to, ptrdiff_t step, float x0, float x1, float x2) {
  to[0] = 0.25f * x0;
  to[step] = -(1.0f / 6.0f) * (x0 + x1 + x2);
  to[2 * step] = (1.0f / 6.0f) * (x1 - x0 - x2);
  to[3 * step] = (1.0f / 24.0f) * x0 + (1.0f / 12.0f) * x1 + (1.0f / 6.0f) * x2;
  to[4 * step] = (1.0f / 24.0f) * x0 + (1.0f / 6.0f) * x2 - (1.0f / 12.0f) * x1;
  to[5 * step] = x2;
}

// G g G' for filters g of 3x3.
RT_INLINE void rt_winograd_filter4(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                   const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float gg[18];
    rt_winograd_g4(gg, 3, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0));
    rt_winograd_g4(gg + 1, 3, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1));
    rt_winograd_g4(gg + 2, 3, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2));
    rt_winograd_g4(to + l, to_column, gg[0], gg[1], gg[2]);
    rt_winograd_g4(to + to_row + l, to_column, gg[3], gg[4], gg[5]);
    rt_winograd_g4(to + 2 * to_row + l, to_column, gg[6], gg[7], gg[8]);
    rt_winograd_g4(to + 3 * to_row + l, to_column, gg[9], gg[10], gg[11]);
    rt_winograd_g4(to + 4 * to_row + l, to_column, gg[12], gg[13], gg[14]);
    rt_winograd_g4(to + 5 * to_row + l, to_column, gg[15], gg[16], gg[17]);
  }
}

// A x for F(4x4, 3x3), into every `step`-th element.
RT_INLINE void rt_winograd_a4(float *to, ptrdiff_t step,
                              float x0, float x1, float x2, float x3, float x4, float x5) {
  to[0] = x0 + x1 + x2 + x3 + x4;
  to[step] = x1 + 2.0f * x3 - x2 - 2.0f * x4;
  to[2 * step] = x1 + x2 + 4.0f * x3 + 4.0f * x4;
  to[3 * step] = x1 + 8.0f * x3 + x5 - x2 - 8.0f * x4;
}

// A m A' for 6x6 products m.
RT_INLINE void rt_winograd_sums4(float *to, ptrdiff_t to_row, ptrdiff_t to_column,
                                 const float *from, ptrdiff_t row, ptrdiff_t column, int lanes) {
  for (int l = 0; l < lanes; l++) {
    float am[24];
    rt_winograd_a4(am, 6, RT_AT(0, 0), RT_AT(1, 0), RT_AT(2, 0), RT_AT(3, 0), RT_AT(4, 0),
                   RT_AT(5, 0));
    rt_winograd_a4(am + 1, 6, RT_AT(0, 1), RT_AT(1, 1), RT_AT(2, 1), RT_AT(3, 1), RT_AT(4, 1),
                   RT_AT(5, 1));
    rt_winograd_a4(am + 2, 6, RT_AT(0, 2), RT_AT(1, 2), RT_AT(2, 2), RT_AT(3, 2), RT_AT(4, 2),
                   RT_AT(5, 2));
    rt_winograd_a4(am + 3, 6, RT_AT(0, 3), RT_AT(1, 3), RT_AT(2, 3), RT_AT(3, 3), RT_AT(4, 3),
                   RT_AT(5, 3));
    rt_winograd_a4(am + 4, 6, RT_AT(0, 4), RT_AT(1, 4), RT_AT(2, 4), RT_AT(3, 4), RT_AT(4, 4),
                   RT_AT(5, 4));
    rt_winograd_a4(am + 5, 6, RT_AT(0, 5), RT_AT(1, 5), RT_AT(2, 5), RT_AT(3, 5), RT_AT(4, 5),
                   RT_AT(5, 5));
    rt_winograd_a4(to + l, to_column, am[0], am[1], am[2], am[3], am[4], am[5]);
    rt_winograd_a4(to + to_row + l, to_column, am[6], am[7], am[8], am[9], am[10], am[11]);
    rt_winograd_a4(to + 2 * to_row + l, to_column, am[12], am[13], am[14], am[15], am[16], am[17]);
    rt_winograd_a4(to + 3 * to_row + l, to_column, am[18], am[19], am[20], am[21], am[22], am[23]);
  }
}

#undef RT_AT

#ifdef __cplusplus
}
#endif

#endif
