"""Athena's API over the lake on one machine: read-only SQL by sqlglot, PyIceberg and DuckDB."""
