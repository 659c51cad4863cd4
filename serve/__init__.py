"""The Ray Serve application: the only HTTP face of the models."""
