"""The warm tier: a year of articles, alerts and decisions in Iceberg, written from Kafka exactly once."""
