"""An independent second calculation of the P&L from the raw files: plain Decimal, row by row, nothing from `batch`."""
