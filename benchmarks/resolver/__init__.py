"""Our resolver and its peers on the same rows and machine."""
