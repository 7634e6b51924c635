#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// An image that is being decoded by libpng.
typedef struct {
  uint32_t rows;
  uint32_t columns;
  /// 1 for grey, 3 for red, green, blue, and one more for an opacity.
  uint32_t channels;
  /// The error; empty where there was none.
  char message[200];
} deltacl_png;

/// Reads the header of a file of `count` bytes, which must stay as they are until the image is destroyed.
///
/// The image is NULL where memory ran out; it must be destroyed whether or not the header was right.
deltacl_png *deltacl_png_create(const uint8_t *bytes, size_t count, bool *is_right);

/// Decodes into `pixels`, rows x columns x channels of 8 bits, as they are stored: neither gamma nor profile is applied. To be
/// called once, after a header that was right. False where the data is damaged or ends before the last pixel.
bool deltacl_png_decode(deltacl_png *image, uint8_t *pixels);

void deltacl_png_destroy(deltacl_png *image);
