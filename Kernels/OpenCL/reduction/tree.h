// Work-groups of LINES x LANES work-items, which reduce LANES columns together.

#ifndef REDUCTION_TREE_H
#define REDUCTION_TREE_H

#define ITEMS (LINES * LANES)
#define ITEM ((int)get_local_id(0))
#define LANE (ITEM % LANES)
#define LINE (ITEM / LANES)

// Combines the work-items of a column; STATEMENT brings what work-item `other` has to ITEM. The result is that of line
// 0.
#define TREE(STATEMENT)                             \
  for (int step = LINES / 2; step > 0; step /= 2) { \
    barrier(CLK_LOCAL_MEM_FENCE);                   \
    if (LINE < step) {                              \
      const int other = ITEM + step * LANES;        \
      STATEMENT                                     \
    }                                               \
  }                                                 \
  barrier(CLK_LOCAL_MEM_FENCE);

#endif
