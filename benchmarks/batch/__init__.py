"""The cold path's speed: one day from bronze CSV to `client_metrics`, beside DuckDB and Polars doing the same."""
