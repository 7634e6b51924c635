// Linked into the tests: a user's tuning must not change what they see, nor a wish for messages what they read.

#include "TestEnvironment.h"

#include <stdlib.h>

__attribute__((constructor)) static void clear_environment(void) {
  setenv("DELTACL_TUNING", "0", 1);
  unsetenv("DELTACL_VERBOSE");
}
