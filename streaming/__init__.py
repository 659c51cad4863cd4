"""The hot path: intake, the Spark job, the retry mover and the alert router."""
