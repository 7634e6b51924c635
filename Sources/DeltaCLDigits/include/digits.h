#ifndef DELTACL_DIGITS_H
#define DELTACL_DIGITS_H

#include <stddef.h>

/// The 1,797 images, 8x8 values from 0 to 16: a gzip'd IDX file of `*count` bytes that lives as long as the program.
const unsigned char *_Nonnull deltacl_digits_images(size_t *_Nonnull count);

/// Their labels, 0 to 9: a gzip'd IDX file of `*count` bytes that lives as long as the program.
const unsigned char *_Nonnull deltacl_digits_labels(size_t *_Nonnull count);

#endif
