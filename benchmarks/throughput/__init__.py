"""The largest rate of articles that the platform sustains without a growing backlog, with each process's CPU."""
