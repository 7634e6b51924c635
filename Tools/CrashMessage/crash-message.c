// OpenCL drivers compile in this process. Where they run out of disk, memory or processes, PoCL and LLVM abort or exit without
// a line that helps. C, because what a signal handler may do leaves no room for a runtime.

#include "CrashMessage.h"

#include <assert.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int crash_signals[] = {SIGABRT, SIGBUS, SIGSEGV};
enum { signal_count = sizeof crash_signals / sizeof *crash_signals };

typedef void abort_function(void);
typedef void assert_function(const char *, const char *, unsigned, const char *);

static struct sigaction previous[signal_count];
static _Atomic(const char *) current;
static abort_function *system_abort;
static assert_function *system_assert_fail;

static void write_message(void) {
  const char *message = atomic_exchange(&current, NULL);
  if (message == NULL) return;
  for (size_t length = strlen(message); length > 0;) {
    ssize_t count = write(STDERR_FILENO, message, length);
    if (count <= 0) return;
    message += count;
    length -= (size_t)count;
  }
}

// What the signal did before follows.
static void handle(int number) {
  write_message();
  for (int i = 0; i < signal_count; i++) sigaction(crash_signals[i], &previous[i], NULL);
  raise(number);
}

void crash_message_set(const char *message) {
  static atomic_bool is_installed;
  atomic_store(&current, strdup(message));
  if (atomic_exchange(&is_installed, true)) return;
  system_abort = (abort_function *)dlsym(RTLD_NEXT, "abort");
  system_assert_fail = (assert_function *)dlsym(RTLD_NEXT, "__assert_fail");
  atexit(write_message);
  for (int i = 0; i < signal_count; i++) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(crash_signals[i], &action, &previous[i]);
  }
}

void crash_message_clear(void) { atomic_store(&current, NULL); }

// LLVM puts a handler of its own before ours when it first compiles, and the C library does not come back to ours after it.
// So the calls of libraries are caught themselves: what the executable defines precedes the C library's.

_Noreturn void abort(void) {
  write_message();
  if (system_abort != NULL) system_abort();
  signal(SIGABRT, SIG_DFL);
  raise(SIGABRT);
  _exit(128 + SIGABRT);
}

_Noreturn void __assert_fail(const char *condition, const char *file, unsigned line, const char *function) {
  write_message();
  if (system_assert_fail != NULL) system_assert_fail(condition, file, line, function);
  abort();
}
