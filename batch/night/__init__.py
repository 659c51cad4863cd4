"""Watches the bronze bucket and starts the nightly job when a day's files are complete."""
