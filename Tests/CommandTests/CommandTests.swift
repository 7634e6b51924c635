import Testing

/// All tests that start processes, one at a time: each may use every core.
@Suite(.serialized) struct CommandTests {}
