"""The poller: reads the configured feeds and passes every item the way webhook articles go."""
