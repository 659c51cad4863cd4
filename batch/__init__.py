"""The cold path."""
