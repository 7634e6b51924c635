// Element-wise kernels: a work-item processes BLOCK neighbouring elements, V at a time and the rest one by one.
//
// A statement serves vectors and scalars alike: T is the type, GET(p) an operand's element, PUT(p, value) stores one.
// A result may be stored over an operand: each element is read before it is written.

#ifndef INCLUDE_ELEMENTWISE_H
#define INCLUDE_ELEMENTWISE_H

#include "include/vector.h"

#define ELEMENTWISE(COUNT, STATEMENT)                       \
  const int begin = get_global_id(0) * BLOCK;               \
  const int end = min(begin + BLOCK, (int)(COUNT));         \
  int at = begin;                                           \
  for (; at <= end - V; at += V) { VECTOR_STEP(STATEMENT) } \
  for (; at < end; at++) { SCALAR_STEP(STATEMENT) }

#define VECTOR_STEP(STATEMENT) STATEMENT(vec, VECTOR_GET, VECTOR_PUT)
#define VECTOR_GET(p) LOAD((p) + at)
#define VECTOR_PUT(p, value) STORE(value, (p) + at)
#define SCALAR_STEP(STATEMENT) STATEMENT(float, SCALAR_GET, SCALAR_PUT)
#define SCALAR_GET(p) (p)[at]
#define SCALAR_PUT(p, value) (p)[at] = (value)

#endif
