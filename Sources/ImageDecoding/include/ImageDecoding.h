#pragma once

#include "deltacl_jpeg.h"
#include "deltacl_png.h"
