"""What ends the check early, each with one line that says what to do."""


class UsageError(Exception):
    """The arguments cannot be right: exit status 64."""


class Failure(Exception):
    """Something that is needed is missing or failed: exit status 1."""
