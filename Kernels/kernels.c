// Compiles the OpenCL C sources into the binary, which thus works wherever it is moved.

#include "DeltaCLKernels.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char average_pooling[] = {
#embed "OpenCL/average-pooling.cl" suffix(, 0)
};
static const char batch_normalization[] = {
#embed "OpenCL/batch-normalization.cl" suffix(, 0)
};
static const char bias_gradient[] = {
#embed "OpenCL/bias-gradient.cl" suffix(, 0)
};
static const char ceilings[] = {
#embed "OpenCL/ceilings.cl" suffix(, 0)
};
static const char common[] = {
#embed "OpenCL/common.cl" suffix(, 0)
};
static const char convolution[] = {
#embed "OpenCL/convolution.cl" suffix(, 0)
};
static const char convolution_delta[] = {
#embed "OpenCL/convolution-delta.cl" suffix(, 0)
};
static const char convolution_delta_gather[] = {
#embed "OpenCL/convolution-delta-gather.cl" suffix(, 0)
};
static const char convolution_gradient[] = {
#embed "OpenCL/convolution-gradient.cl" suffix(, 0)
};
static const char dense[] = {
#embed "OpenCL/dense.cl" suffix(, 0)
};
static const char depthwise[] = {
#embed "OpenCL/depthwise.cl" suffix(, 0)
};
static const char dropout[] = {
#embed "OpenCL/dropout.cl" suffix(, 0)
};
static const char elementwise[] = {
#embed "OpenCL/elementwise.cl" suffix(, 0)
};
static const char local_convolution[] = {
#embed "OpenCL/local-convolution.cl" suffix(, 0)
};
static const char local_reduction[] = {
#embed "OpenCL/local-reduction.cl" suffix(, 0)
};
static const char loss[] = {
#embed "OpenCL/loss.cl" suffix(, 0)
};
static const char max_pooling[] = {
#embed "OpenCL/max-pooling.cl" suffix(, 0)
};
static const char multiply_channels[] = {
#embed "OpenCL/multiply-channels.cl" suffix(, 0)
};
static const char softmax[] = {
#embed "OpenCL/softmax.cl" suffix(, 0)
};
static const char winograd[] = {
#embed "OpenCL/winograd.cl" suffix(, 0)
};
static const char winograd_common[] = {
#embed "OpenCL/winograd-common.cl" suffix(, 0)
};
static const char winograd_gradient[] = {
#embed "OpenCL/winograd-gradient.cl" suffix(, 0)
};

static const struct {
  const char *name;
  const char *source;
} sources[] = {
  {"average-pooling", average_pooling},
  {"batch-normalization", batch_normalization},
  {"bias-gradient", bias_gradient},
  {"ceilings", ceilings},
  {"common", common},
  {"convolution", convolution},
  {"convolution-delta", convolution_delta},
  {"convolution-delta-gather", convolution_delta_gather},
  {"convolution-gradient", convolution_gradient},
  {"dense", dense},
  {"depthwise", depthwise},
  {"dropout", dropout},
  {"elementwise", elementwise},
  {"local-convolution", local_convolution},
  {"local-reduction", local_reduction},
  {"loss", loss},
  {"max-pooling", max_pooling},
  {"multiply-channels", multiply_channels},
  {"softmax", softmax},
  {"winograd", winograd},
  {"winograd-common", winograd_common},
  {"winograd-gradient", winograd_gradient},
};

const char *deltacl_kernel_source(const char *name) {
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
    if (strcmp(sources[i].name, name) == 0) return sources[i].source;
  return NULL;
}

const char *deltacl_kernel_name(size_t index) {
  return index < sizeof sources / sizeof *sources ? sources[index].name : NULL;
}
