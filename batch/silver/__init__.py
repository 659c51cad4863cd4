"""Silver: the rows of bronze that keep the rules, as Iceberg tables of a day each; what does not is quarantined."""

from batch.silver.files import FileResult
from batch.silver.loading import SilverResult, load

__all__ = ["FileResult", "SilverResult", "load"]
