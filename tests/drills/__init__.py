"""Long tests that `make test` leaves out: `make drill-batch`."""
