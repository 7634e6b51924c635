#include "deltacl_jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// A small progressive file may ask for any number of passes over the image.
enum { scan_limit = 500 };

typedef struct {
  deltacl_jpeg image;
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  bool is_truncated;
  bool has_too_many_scans;
  jmp_buf failed;
} decoding;

static void on_error(j_common_ptr common) {
  decoding *state = common->client_data;
  common->err->format_message(common, state->image.message);
  longjmp(state->failed, 1);
}

static void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  decoding *state = common->client_data;
  // Of all warnings these alone mean that a part of the image is missing.
  if (common->err->msg_code == JWRN_JPEG_EOF || common->err->msg_code == JWRN_HIT_MARKER) {
    // libjpeg goes on with the end marker put in; what is wrong then follows from that.
    if (!state->is_truncated) common->err->format_message(common, state->image.message);
    state->is_truncated = true;
  } else if (state->image.warning_count == 0) {
    common->err->format_message(common, state->image.message);
  }
  state->image.warning_count += 1;
}

static void on_progress(j_common_ptr common) {
  decoding *state = common->client_data;
  if (common->is_decompressor && state->decoder.input_scan_number > scan_limit) {
    state->has_too_many_scans = true;
    snprintf(state->image.message, sizeof state->image.message, "more than %d scans", scan_limit);
    longjmp(state->failed, 1);
  }
}

static deltacl_jpeg_status failure(const decoding *state) {
  if (state->has_too_many_scans) return DELTACL_JPEG_DAMAGED;
  if (state->is_truncated) return DELTACL_JPEG_TRUNCATED;
  switch (state->errors.msg_code) {
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_J_COLORSPACE:
  case JERR_BAD_PRECISION:
  case JERR_CCIR601_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_NOTIMPL:
  case JERR_SOF_UNSUPPORTED:
    return DELTACL_JPEG_UNSUPPORTED;
  default:
    return DELTACL_JPEG_DAMAGED;
  }
}

static void find_exif(decoding *state) {
  static const char signature[6] = "Exif\0";
  for (jpeg_saved_marker_ptr marker = state->decoder.marker_list; marker; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length <= sizeof signature) continue;
    if (memcmp(marker->data, signature, sizeof signature) != 0) continue;
    state->image.exif = marker->data + sizeof signature;
    state->image.exif_count = marker->data_length - sizeof signature;
    return;
  }
}

deltacl_jpeg *deltacl_jpeg_create(const uint8_t *bytes, size_t count, deltacl_jpeg_status *status) {
  *status = DELTACL_JPEG_DAMAGED;
  decoding *state = calloc(1, sizeof *state);
  if (!state) return NULL;
  state->decoder.err = jpeg_std_error(&state->errors);
  state->errors.error_exit = on_error;
  state->errors.emit_message = on_message;
  state->progress.progress_monitor = on_progress;
  state->decoder.client_data = state;
  if (setjmp(state->failed)) {
    *status = failure(state);
    return &state->image;
  }
  jpeg_create_decompress(&state->decoder);
  state->decoder.progress = &state->progress;
  jpeg_mem_src(&state->decoder, bytes, count);
  jpeg_save_markers(&state->decoder, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&state->decoder, TRUE);

  switch (state->decoder.jpeg_color_space) {
  case JCS_GRAYSCALE:
    state->decoder.out_color_space = JCS_GRAYSCALE;
    state->image.channels = 1;
    break;
  case JCS_RGB:
  case JCS_YCbCr:
    state->decoder.out_color_space = JCS_RGB;
    state->image.channels = 3;
    break;
  case JCS_CMYK:
  case JCS_YCCK:
    state->decoder.out_color_space = JCS_CMYK;
    state->image.channels = 4;
    break;
  default:
    snprintf(
        state->image.message, sizeof state->image.message, "%d components of unknown meaning",
        state->decoder.num_components);
    *status = DELTACL_JPEG_UNSUPPORTED;
    return &state->image;
  }
  state->image.rows = state->decoder.image_height;
  state->image.columns = state->decoder.image_width;
  state->image.is_buffered = jpeg_has_multiple_scans(&state->decoder);
  find_exif(state);
  *status = state->is_truncated ? DELTACL_JPEG_TRUNCATED : DELTACL_JPEG_OK;
  return &state->image;
}

deltacl_jpeg_status deltacl_jpeg_decode(deltacl_jpeg *image, uint8_t *pixels) {
  decoding *state = (decoding *)image;
  if (setjmp(state->failed)) return failure(state);
  jpeg_start_decompress(&state->decoder);
  size_t row_size = (size_t)image->columns * image->channels;
  while (state->decoder.output_scanline < state->decoder.output_height) {
    JSAMPROW row = pixels + state->decoder.output_scanline * row_size;
    jpeg_read_scanlines(&state->decoder, &row, 1);
  }
  // Reads on to the end marker.
  jpeg_finish_decompress(&state->decoder);
  return state->is_truncated ? DELTACL_JPEG_TRUNCATED : DELTACL_JPEG_OK;
}

void deltacl_jpeg_destroy(deltacl_jpeg *image) {
  if (!image) return;
  decoding *state = (decoding *)image;
  jpeg_destroy_decompress(&state->decoder);
  free(state);
}
