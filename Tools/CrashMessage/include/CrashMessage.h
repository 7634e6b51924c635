#ifndef CRASH_MESSAGE_H
#define CRASH_MESSAGE_H

/// Has `message` written to standard error where the process is ended by anything but the command: by SIGABRT, SIGBUS or
/// SIGSEGV, or by a library's call of exit. Another call replaces the message.
void crash_message_set(const char *message);

/// Says that the command itself ends the process from here on.
void crash_message_clear(void);

#endif
