// The register tile: sum[rows][columns], vectors of accumulators that stay in registers, because all loops over them
// are unrolled.

#ifndef INCLUDE_REGISTER_TILE_H
#define INCLUDE_REGISTER_TILE_H

#include "include/vector.h"

// Sets the accumulators of each column to `value`, an expression of `column`.
#define SET_TILE(sum, rows, columns, column, value) \
  UNROLLED_FOR(row_, rows)                          \
    UNROLLED_FOR(column, columns) sum[row_][column] = (value);

// Adds the outer product of `rows` factors and `columns` vectors: `factor` is an expression of `row`, `vector` of
// `column`.
#define ADD_OUTER_PRODUCT(sum, rows, row, factor, columns, column, vector)                               \
  {                                                                                                      \
    vec vectors_[columns];                                                                               \
    UNROLLED_FOR(column, columns) vectors_[column] = (vector);                                           \
    UNROLLED_FOR(row, rows) {                                                                            \
      const vec factor_ = (vec)(factor);                                                                 \
      UNROLLED_FOR(column, columns) sum[row][column] = fma(factor_, vectors_[column], sum[row][column]); \
    }                                                                                                    \
  }

#endif
