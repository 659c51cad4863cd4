"""Market data: a feed's ticks, or the demo's, to the topic `market-ticks`."""
