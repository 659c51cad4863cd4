"""The embedded stack: the real servers of one machine as child processes, for the supervisor and the tests."""
