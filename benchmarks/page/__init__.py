"""The page in a real browser: how much it loads, when it can be used, and how a thousand alerts scroll."""
