"""The endpoint's embeddings beside the library they come from, the same engine in process, and a plain FastAPI."""
