"""The leaf: settings, errors, typed contracts, logs and clock. No I/O beyond reading the environment, no vendor SDK."""
