// Nothing to call: environment.c acts before the tests begin.
