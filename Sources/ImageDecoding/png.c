#include "deltacl_png.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
  deltacl_png image;
  png_structp decoder;
  png_infop info;
  const uint8_t *next;
  size_t remaining;
} decoding;

static void on_error(png_structp decoder, png_const_charp message) {
  decoding *state = png_get_error_ptr(decoder);
  snprintf(state->image.message, sizeof state->image.message, "%s", message);
  png_longjmp(decoder, 1);
}

static void on_warning(png_structp decoder, png_const_charp message) {
  (void)decoder;
  (void)message;
}

static void on_read(png_structp decoder, png_bytep destination, size_t count) {
  decoding *state = png_get_io_ptr(decoder);
  if (count > state->remaining) png_error(decoder, "unexpected end of the data");
  memcpy(destination, state->next, count);
  state->next += count;
  state->remaining -= count;
}

deltacl_png *deltacl_png_create(const uint8_t *bytes, size_t count, bool *is_right) {
  *is_right = false;
  decoding *state = calloc(1, sizeof *state);
  if (!state) return NULL;
  state->next = bytes;
  state->remaining = count;
  state->decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, state, on_error, on_warning);
  state->info = state->decoder ? png_create_info_struct(state->decoder) : NULL;
  if (!state->info) {
    snprintf(state->image.message, sizeof state->image.message, "out of memory, or another version of libpng");
    return &state->image;
  }
  if (setjmp(png_jmpbuf(state->decoder))) return &state->image;
  png_set_read_fn(state->decoder, state, on_read);
  png_read_info(state->decoder, state->info);
  // Palettes to RGB, small depths to 8 bits, a transparent colour to an opacity; of 16 bits the upper 8.
  png_set_expand(state->decoder);
  png_set_strip_16(state->decoder);
  state->image.rows = png_get_image_height(state->decoder, state->info);
  state->image.columns = png_get_image_width(state->decoder, state->info);
  bool has_opacity = png_get_valid(state->decoder, state->info, PNG_INFO_tRNS)
      || png_get_color_type(state->decoder, state->info) & PNG_COLOR_MASK_ALPHA;
  bool has_color = png_get_color_type(state->decoder, state->info) & PNG_COLOR_MASK_COLOR;
  state->image.channels = (has_color ? 3 : 1) + (has_opacity ? 1 : 0);
  *is_right = true;
  return &state->image;
}

bool deltacl_png_decode(deltacl_png *image, uint8_t *pixels) {
  decoding *state = (decoding *)image;
  if (setjmp(png_jmpbuf(state->decoder))) return false;
  int passes = png_set_interlace_handling(state->decoder);
  png_read_update_info(state->decoder, state->info);
  size_t row_size = (size_t)image->columns * image->channels;
  if (png_get_rowbytes(state->decoder, state->info) != row_size) {
    png_error(state->decoder, "rows of an unexpected size");
  }
  for (int pass = 0; pass < passes; pass += 1) {
    for (uint32_t row = 0; row < image->rows; row += 1) {
      png_read_row(state->decoder, pixels + row * row_size, NULL);
    }
  }
  return true;
}

void deltacl_png_destroy(deltacl_png *image) {
  if (!image) return;
  decoding *state = (decoding *)image;
  png_destroy_read_struct(&state->decoder, &state->info, NULL);
  free(state);
}
