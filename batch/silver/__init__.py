"""Silver: the rows of bronze that keep the rules, as Iceberg tables of a day each; what does not is quarantined."""

from batch.silver.load import FileResult, SilverResult, load

__all__ = ["FileResult", "SilverResult", "load"]
