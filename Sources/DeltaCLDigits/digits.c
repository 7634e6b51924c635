#include "digits.h"

// #embed is C23; as an extension of C17 it works as well and warns.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char images[] = {
#embed "Data/images-idx3-ubyte.gz"
};

static const unsigned char labels[] = {
#embed "Data/labels-idx1-ubyte.gz"
};

const unsigned char *deltacl_digits_images(size_t *count) {
  *count = sizeof images;
  return images;
}

const unsigned char *deltacl_digits_labels(size_t *count) {
  *count = sizeof labels;
  return labels;
}
