// Compiles the OpenCL C sources into the binary, which thus works wherever it is moved.

#include "DeltaCLKernels.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct {
  const char *path, *text;
} sources[] = {
  {"benchmark/ceilings.cl", (const char[]){
#embed "OpenCL/benchmark/ceilings.cl" suffix(, 0)
  }},
  {"convolution/bias-gradient.cl", (const char[]){
#embed "OpenCL/convolution/bias-gradient.cl" suffix(, 0)
  }},
  {"convolution/correlate.cl", (const char[]){
#embed "OpenCL/convolution/correlate.cl" suffix(, 0)
  }},
  {"convolution/delta-gather.cl", (const char[]){
#embed "OpenCL/convolution/delta-gather.cl" suffix(, 0)
  }},
  {"convolution/delta-pack.cl", (const char[]){
#embed "OpenCL/convolution/delta-pack.cl" suffix(, 0)
  }},
  {"convolution/few-channels.cl", (const char[]){
#embed "OpenCL/convolution/few-channels.cl" suffix(, 0)
  }},
  {"convolution/gradient-sum.cl", (const char[]){
#embed "OpenCL/convolution/gradient-sum.cl" suffix(, 0)
  }},
  {"convolution/gradient.cl", (const char[]){
#embed "OpenCL/convolution/gradient.cl" suffix(, 0)
  }},
  {"convolution/implicit-gemm.h", (const char[]){
#embed "OpenCL/convolution/implicit-gemm.h" suffix(, 0)
  }},
  {"convolution/local-correlate.cl", (const char[]){
#embed "OpenCL/convolution/local-correlate.cl" suffix(, 0)
  }},
  {"convolution/local-gradient.cl", (const char[]){
#embed "OpenCL/convolution/local-gradient.cl" suffix(, 0)
  }},
  {"convolution/pack.cl", (const char[]){
#embed "OpenCL/convolution/pack.cl" suffix(, 0)
  }},
  {"convolution/pad.cl", (const char[]){
#embed "OpenCL/convolution/pad.cl" suffix(, 0)
  }},
  {"dense/dense.cl", (const char[]){
#embed "OpenCL/dense/dense.cl" suffix(, 0)
  }},
  {"depthwise/correlate.cl", (const char[]){
#embed "OpenCL/depthwise/correlate.cl" suffix(, 0)
  }},
  {"depthwise/delta.cl", (const char[]){
#embed "OpenCL/depthwise/delta.cl" suffix(, 0)
  }},
  {"depthwise/gradient-sum.cl", (const char[]){
#embed "OpenCL/depthwise/gradient-sum.cl" suffix(, 0)
  }},
  {"depthwise/gradient.cl", (const char[]){
#embed "OpenCL/depthwise/gradient.cl" suffix(, 0)
  }},
  {"depthwise/pack.cl", (const char[]){
#embed "OpenCL/depthwise/pack.cl" suffix(, 0)
  }},
  {"depthwise/store.h", (const char[]){
#embed "OpenCL/depthwise/store.h" suffix(, 0)
  }},
  {"depthwise/tile.h", (const char[]){
#embed "OpenCL/depthwise/tile.h" suffix(, 0)
  }},
  {"elementwise/elementwise.cl", (const char[]){
#embed "OpenCL/elementwise/elementwise.cl" suffix(, 0)
  }},
  {"elementwise/expression.cl", (const char[]){
#embed "OpenCL/elementwise/expression.cl" suffix(, 0)
  }},
  {"elementwise/multiply-channels.cl", (const char[]){
#embed "OpenCL/elementwise/multiply-channels.cl" suffix(, 0)
  }},
  {"include/activation.h", (const char[]){
#embed "OpenCL/include/activation.h" suffix(, 0)
  }},
  {"include/elementwise.h", (const char[]){
#embed "OpenCL/include/elementwise.h" suffix(, 0)
  }},
  {"include/epilogue.h", (const char[]){
#embed "OpenCL/include/epilogue.h" suffix(, 0)
  }},
  {"include/language.h", (const char[]){
#embed "OpenCL/include/language.h" suffix(, 0)
  }},
  {"include/prefetch.h", (const char[]){
#embed "OpenCL/include/prefetch.h" suffix(, 0)
  }},
  {"include/register-tile.h", (const char[]){
#embed "OpenCL/include/register-tile.h" suffix(, 0)
  }},
  {"include/special-values.h", (const char[]){
#embed "OpenCL/include/special-values.h" suffix(, 0)
  }},
  {"include/sums.h", (const char[]){
#embed "OpenCL/include/sums.h" suffix(, 0)
  }},
  {"include/vector.h", (const char[]){
#embed "OpenCL/include/vector.h" suffix(, 0)
  }},
  {"layout/gather.cl", (const char[]){
#embed "OpenCL/layout/gather.cl" suffix(, 0)
  }},
  {"layout/strided.cl", (const char[]){
#embed "OpenCL/layout/strided.cl" suffix(, 0)
  }},
  {"loss/loss.cl", (const char[]){
#embed "OpenCL/loss/loss.cl" suffix(, 0)
  }},
  {"loss/smoothing.h", (const char[]){
#embed "OpenCL/loss/smoothing.h" suffix(, 0)
  }},
  {"normalization/batch.cl", (const char[]){
#embed "OpenCL/normalization/batch.cl" suffix(, 0)
  }},
  {"normalization/local-response.cl", (const char[]){
#embed "OpenCL/normalization/local-response.cl" suffix(, 0)
  }},
  {"normalization/moments.h", (const char[]){
#embed "OpenCL/normalization/moments.h" suffix(, 0)
  }},
  {"pooling/average.cl", (const char[]){
#embed "OpenCL/pooling/average.cl" suffix(, 0)
  }},
  {"pooling/max.cl", (const char[]){
#embed "OpenCL/pooling/max.cl" suffix(, 0)
  }},
  {"random/dropout.cl", (const char[]){
#embed "OpenCL/random/dropout.cl" suffix(, 0)
  }},
  {"reduction/argument.cl", (const char[]){
#embed "OpenCL/reduction/argument.cl" suffix(, 0)
  }},
  {"reduction/local.cl", (const char[]){
#embed "OpenCL/reduction/local.cl" suffix(, 0)
  }},
  {"reduction/reduce.cl", (const char[]){
#embed "OpenCL/reduction/reduce.cl" suffix(, 0)
  }},
  {"reduction/top-k.cl", (const char[]){
#embed "OpenCL/reduction/top-k.cl" suffix(, 0)
  }},
  {"reduction/tree.h", (const char[]){
#embed "OpenCL/reduction/tree.h" suffix(, 0)
  }},
  {"resize/resize.cl", (const char[]){
#embed "OpenCL/resize/resize.cl" suffix(, 0)
  }},
  {"softmax/softmax.cl", (const char[]){
#embed "OpenCL/softmax/softmax.cl" suffix(, 0)
  }},
  {"update/clip.cl", (const char[]){
#embed "OpenCL/update/clip.cl" suffix(, 0)
  }},
  {"update/update.cl", (const char[]){
#embed "OpenCL/update/update.cl" suffix(, 0)
  }},
  {"winograd/algorithm.h", (const char[]){
#embed "OpenCL/winograd/algorithm.h" suffix(, 0)
  }},
  {"winograd/correlate.cl", (const char[]){
#embed "OpenCL/winograd/correlate.cl" suffix(, 0)
  }},
  {"winograd/f43.h", (const char[]){
#embed "OpenCL/winograd/f43.h" suffix(, 0)
  }},
  {"winograd/f45.h", (const char[]){
#embed "OpenCL/winograd/f45.h" suffix(, 0)
  }},
  {"winograd/gradient.cl", (const char[]){
#embed "OpenCL/winograd/gradient.cl" suffix(, 0)
  }},
  {"winograd/input.h", (const char[]){
#embed "OpenCL/winograd/input.h" suffix(, 0)
  }},
  {"winograd/stride2.h", (const char[]){
#embed "OpenCL/winograd/stride2.h" suffix(, 0)
  }},
  {"winograd/tiles.h", (const char[]){
#embed "OpenCL/winograd/tiles.h" suffix(, 0)
  }},
};

const char *deltacl_kernel_source(const char *path) {
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
    if (strcmp(sources[i].path, path) == 0) return sources[i].text;
  return NULL;
}

const char *deltacl_kernel_path(size_t index) {
  return index < sizeof sources / sizeof *sources ? sources[index].path : NULL;
}
