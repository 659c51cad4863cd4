"""The embedded stack, the supervisor, the command line, demo data and probes."""
