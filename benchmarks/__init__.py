"""Benchmarks: each a harness, labelled or generated input, and a committed result file."""
