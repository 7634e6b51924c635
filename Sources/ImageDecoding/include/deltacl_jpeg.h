#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What became of a call.
typedef enum {
  DELTACL_JPEG_OK,
  /// The data breaks the rules of the format, or memory ran out.
  DELTACL_JPEG_DAMAGED,
  /// The data ends early.
  DELTACL_JPEG_TRUNCATED,
  /// The data may be right, but is of a kind that libjpeg does not decode.
  DELTACL_JPEG_UNSUPPORTED,
} deltacl_jpeg_status;

/// An image that is being decoded by libjpeg.
typedef struct {
  uint32_t rows;
  uint32_t columns;
  /// 1 for grey, 3 for red, green, blue, 4 for cyan, magenta, yellow, black.
  uint32_t channels;
  /// Whether the whole image is held as coefficients, 2 bytes a value, while it is decoded.
  bool is_buffered;
  /// The Exif data, which begins with a TIFF header, or NULL.
  const uint8_t *exif;
  size_t exif_count;
  /// How many warnings there were.
  uint32_t warning_count;
  /// The error or, without one, the first warning; empty where there was neither.
  char message[200];
} deltacl_jpeg;

/// Reads the header of a file of `count` bytes, which must stay as they are until the image is destroyed.
///
/// The image is NULL where memory ran out; it must be destroyed whatever the status.
deltacl_jpeg *deltacl_jpeg_create(const uint8_t *bytes, size_t count, deltacl_jpeg_status *status);

/// Decodes into `pixels`, rows x columns x channels; to be called once, after a header that was right.
deltacl_jpeg_status deltacl_jpeg_decode(deltacl_jpeg *image, uint8_t *pixels);

void deltacl_jpeg_destroy(deltacl_jpeg *image);
