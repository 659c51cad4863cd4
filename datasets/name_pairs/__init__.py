"""Training of the name evidence: `python -m datasets.name_pairs` writes models/pairs/weights.json anew, bit by bit."""
